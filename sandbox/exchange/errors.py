"""Refusals with Binance's codes and words. https://developers.binance.com/docs/binance-spot-api-docs/errors"""

from sandbox.http import HttpError


def refusal(code: int, message: str, status: int = 400) -> HttpError:
    """An error as Binance tells it."""
    return HttpError(status, {"code": code, "msg": message})


def unknown_symbol() -> HttpError:
    """The market does not exist."""
    return refusal(-1121, "Invalid symbol.")


def no_such_order() -> HttpError:
    """There is no order with this id on the account."""
    return refusal(-2013, "Order does not exist.")


def not_cancelled() -> HttpError:
    """The order cannot be cancelled: it does not exist or is not open."""
    return refusal(-2011, "Unknown order sent.")


def insufficient() -> HttpError:
    """Not enough is free on the account."""
    return refusal(-2010, "Account has insufficient balance for requested action.")


def rejected(message: str) -> HttpError:
    """A new order is refused."""
    return refusal(-2010, message)


def bad_key() -> HttpError:
    """The key is unknown or may not do this."""
    return refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)


def missing(name: str) -> HttpError:
    """A mandatory parameter is not there, empty or malformed."""
    return refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def illegal(name: str) -> HttpError:
    """A parameter has a value that it may not have."""
    return refusal(-1100, f"Illegal characters found in parameter '{name}'.")


def filter_failure(name: str) -> HttpError:
    """An order breaks one of the market's filters."""
    return refusal(-1013, f"Filter failure: {name}")
