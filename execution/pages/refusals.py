"""What is wrong with a form, in words."""

from pydantic import ValidationError

from jobs.errors import Refused


def sentence(error: Refused | ValidationError) -> str:
    """Every fault, field by field."""
    if isinstance(error, Refused):
        if not error.fields:
            return str(error)
        return "; ".join(f"{field}: {problem}" for field, problem in error.fields.items())
    return "; ".join(_fault(detail) for detail in error.errors())


def _fault(detail: object) -> str:
    found = dict(detail)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    place = ".".join(str(part) for part in found["loc"] if part != "function-after")
    message = str(found["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
