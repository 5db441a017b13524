"""The pages about what is brought in: news, and what people say."""
