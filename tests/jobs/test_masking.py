"""What people see of a payload."""

from jobs.masking import MASK, mask, named


def test_declared_secrets_are_masked_whatever_they_are() -> None:
    assert mask({"pin": 1234, "note": "x"}, ("pin",)) == {"pin": MASK, "note": "x"}


def test_fields_named_like_a_secret_are_masked_at_any_depth() -> None:
    shown = mask({"auth": {"access_token": "a", "user": "u"}, "keys": [{"private_key": "k"}]}, ())
    assert shown == {"auth": {"access_token": MASK, "user": "u"}, "keys": [{"private_key": MASK}]}


def test_a_coin_is_no_secret() -> None:
    assert mask({"token": "So111", "token_mint": "So111"}, ()) == {"token": "So111", "token_mint": "So111"}


def test_positional_arguments_get_their_names() -> None:
    assert named([1, 2, 3], {"z": 4}, ["x", "y"]) == {"x": 1, "y": 2, "argument 3": 3, "z": 4}


def test_a_secret_that_was_passed_by_position_is_masked_too() -> None:
    assert mask(named(["hunter2"], {}, ["password"]), ()) == {"password": MASK}
