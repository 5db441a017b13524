"""A job that wants more memory than there is fails alone.

Celery takes the MemoryError of a task for one of the whole worker, which then ends with all that it runs.
"""


class OutOfMemory(Exception):
    """Takes the place of a MemoryError where Celery would see it."""


def survivable(error: BaseException) -> BaseException:
    """The error, or another one with its text that ends no worker."""
    if not isinstance(error, MemoryError):
        return error
    return OutOfMemory(*error.args).with_traceback(error.__traceback__)
