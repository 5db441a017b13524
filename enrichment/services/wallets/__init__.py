"""A wallet's history and holdings, brought in and stored."""
