"""The pages about what is brought in: exchanges, news, and what people say."""
