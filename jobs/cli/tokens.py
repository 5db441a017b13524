"""`tokens create`, `list`, `revoke`: bearer tokens of the HTTP API."""

import argparse
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandParser
from django.db import IntegrityError, transaction

from jobs import audit
from jobs.cli.command import Action
from jobs.cli.output import Output
from jobs.errors import IllegalMove, NotFound, OptionRefused, UnknownName
from jobs.granting import grant
from jobs.models import ApiToken
from jobs.permissions import parse_permissions

_COLUMNS = ("name", "user", "permissions", "created_at", "last_used_at", "revoked")


def _add_create(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what the token is for; unique")
    parser.add_argument("--user", metavar="USER", help="whose token it is; default: a user made for it alone")
    parser.add_argument(
        "--permissions",
        metavar="LEVEL[,...]",
        help="view, operate, operate:QUEUE, administer: all that the token may, granted to its user too",
    )


def _create(output: Output, options: argparse.Namespace) -> None:
    words = parse_permissions(options.permissions) if options.permissions is not None else []
    if not options.user and not words:
        raise OptionRefused("--permissions", "say what the token may, or whose it is with --user")
    if not 0 < len(options.name) <= 100:
        raise OptionRefused("NAME", "must have 1 to 100 characters")
    token = ApiToken.generate()
    try:
        with transaction.atomic():
            user = _user(options.user) if options.user else _made_for(options.name)
            row = ApiToken.objects.create(
                name=options.name, digest=ApiToken.digest_of(token), user=user, permissions=words
            )
            grant(user, words)
            granted: dict[str, Any] = {"permissions": words} if words else {}
            audit.record("create token", f"token {row.name}", user=user.get_username(), **granted)
    except IntegrityError:
        raise OptionRefused("NAME", f"there is a token named {options.name!r} already") from None
    output.note("This is shown once; only its digest is stored.")
    output.say(token, _record(row) | {"token": token})


def _list(output: Output, _: argparse.Namespace) -> None:
    tokens = ApiToken.objects.select_related("user").order_by("name")
    output.records([_record(token) for token in tokens], _COLUMNS, "There is no token.")


def _add_name(parser: CommandParser) -> None:
    parser.add_argument("name", metavar="NAME")


def _revoke(output: Output, options: argparse.Namespace) -> None:
    with transaction.atomic():
        revoked = ApiToken.objects.filter(name=options.name, revoked=False).update(revoked=True)
        if revoked:
            audit.record("revoke token", f"token {options.name}")
    if revoked:
        output.say(f"{options.name!r} is revoked.", {"name": options.name, "revoked": True})
        return
    if ApiToken.objects.filter(name=options.name).exists():
        raise IllegalMove(f"The token {options.name!r} was revoked already.")
    raise NotFound(f"There is no token named {options.name!r}.")


def _user(name: str) -> Any:
    users = get_user_model().objects
    user = users.filter(username=name).first()
    if user is None:
        raise UnknownName("user", name, list(users.values_list("username", flat=True)[:1000]))
    return user


def _made_for(name: str) -> Any:
    """A user that nobody signs in as: it has no password."""
    return get_user_model().objects.create_user(f"token {name}")


def _record(token: ApiToken) -> dict[str, Any]:
    return {
        "name": token.name,
        "user": token.user.get_username(),
        "permissions": token.permissions,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "revoked": token.revoked,
    }


CREATE = Action(
    "create",
    "Make a token; it is printed once.",
    "tokens create nightly-import --permissions operate:orders,view",
    _create,
    _add_create,
)
LIST = Action("list", "List the tokens, without their secrets.", "tokens list", _list)
REVOKE = Action("revoke", "Refuse a token from now on.", "tokens revoke nightly-import", _revoke, _add_name)
