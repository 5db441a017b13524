"""The admin of the domain: every model has its pages, none shows a secret, history cannot be changed."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin as site
from django.contrib.auth.models import User
from django.db import models
from django.test import Client
from django.utils import timezone

from analysis.models import AlertRule, Strategy
from enrichment.models import Coin, ExchangeAccount, Fill, ScrapedCoin, WalletTransaction
from execution.models import AlertRecipient, SignedTransaction, Wallet
from jobs.admin.audited import Audited
from jobs.admin.reading import ReadOnlyAdmin
from jobs.models import ApiToken, AuditEntry, QueueGrant, QueueSettings
from monitoring.models import AlertRule as PlatformRule
from monitoring.models import Silence

APPS = ("enrichment", "analysis", "execution", "monitoring")
MODELS = [model for name in APPS for model in apps.get_app_config(name).get_models()]
EDITED = {ExchangeAccount, ScrapedCoin, Strategy, AlertRule, AlertRecipient, PlatformRule, Silence}
SECRET = "sesame-4711"
PLANTED: dict[type[models.Model], dict[str, Any]] = {
    ExchangeAccount: {"keys": {"key": SECRET, "secret": SECRET}, "digest": SECRET},
    Wallet: {"kind": "key", "key": {"sealed": SECRET}, "owner": ""},
    SignedTransaction: {"raw": f"0x{SECRET}"},
    AlertRule: {"channel": "webhook", "recipient": f"https://hooks.example/{SECRET}"},
    WalletTransaction: {"raw": SECRET.encode()},
}
_numbers = count(1)

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


@pytest.fixture
def admin(db: None) -> Client:
    """A browser of an administrator."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin", password="secret"))
    return browser


def made(model: type[models.Model]) -> models.Model:
    """A row with something in every column that has no default, and in what is secret."""
    columns = [
        field for field in model._meta.concrete_fields if not field.primary_key and not field.generated
    ]
    given = PLANTED.get(model, {})
    values = {field.name: _value(field) for field in columns if not (field.null or field.has_default())}
    return model._default_manager.create(**values | given)


def _value(field: Any) -> Any:
    if isinstance(field, models.ForeignKey):
        other: type[models.Model] = field.related_model
        return other._default_manager.first() or made(other)
    if field.choices:
        return field.choices[0][0]
    kinds: tuple[tuple[type, Any], ...] = (
        (models.BooleanField, True), (models.DateTimeField, timezone.now()), (models.DurationField, timedelta(hours=1)),
        (models.JSONField, []), (models.IntegerField, 1), (models.FloatField, 0.5), (models.DecimalField, 1),
        (models.BinaryField, b"x"),
    )  # fmt: skip
    for kind, value in kinds:
        if isinstance(field, kind):
            return value
    return f"x{next(_numbers)}"[: field.max_length]


def pages(model: type[models.Model]) -> str:
    """The address of a model's list."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@every_model
def test_list_and_change_page_open_and_show_no_secret(admin: Client, model: type[models.Model]) -> None:
    row = made(model)
    listed, changed = admin.get(pages(model)), admin.get(f"{pages(model)}{row.pk}/change/")
    assert f"{pages(model)}{row.pk}/change/" in listed.content.decode()
    for response in (listed, changed):
        assert response.status_code == 200
        assert SECRET not in response.content.decode()


def test_searches_and_filters_of_every_list_work(admin: Client) -> None:
    for model in MODELS:
        made(model)
        admins = site.site._registry[model]
        asked = ["?q=x"] if admins.search_fields else []
        if admins.list_filter:
            shown = admin.get(pages(model)).context["cl"]
            asked += [list(spec.choices(shown))[-1]["query_string"] for spec in shown.filter_specs]
        for query in asked:
            assert admin.get(f"{pages(model)}{query}").status_code == 200, f"{pages(model)}{query}"


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model not in EDITED], ids=lambda model: model._meta.label_lower
)
def test_history_is_only_read(admin: Client, model: type[models.Model]) -> None:
    row = made(model)
    assert admin.get(f"{pages(model)}add/").status_code == 403
    assert admin.post(f"{pages(model)}{row.pk}/change/", {"x": "y"}).status_code == 403
    assert admin.post(f"{pages(model)}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", sorted(EDITED, key=str), ids=lambda model: model._meta.label_lower)
def test_what_is_deleted_is_told_in_the_audit_trail(admin: Client, model: type[models.Model]) -> None:
    names = [made(model).pk]
    admin.post(f"{pages(model)}{names[0]}/delete/", {"post": "yes"})
    names.append(made(model).pk)
    admin.post(pages(model), {"action": "delete_selected", "_selected_action": names[1:], "post": "yes"})
    assert not model._default_manager.filter(pk__in=names).exists()
    told = list(AuditEntry.objects.order_by("number").values_list("actor", "action", "target"))
    word = "remove" if model is ExchangeAccount else "delete"
    name = model._meta.verbose_name
    assert [(actor, action) for actor, action, _ in told] == [("admin", f"{word} {name}")] * 2
    assert all(target.startswith(f"{name} ") for _, _, target in told)


def test_no_admin_changes_anything_in_silence() -> None:
    own_words = {QueueGrant, QueueSettings, ApiToken, ExchangeAccount}
    silent = [
        model
        for model, found in site.site._registry.items()
        if not isinstance(found, (Audited, ReadOnlyAdmin)) and model not in own_words
    ]
    assert silent == []


def test_a_user_who_is_made_an_administrator_is_told(admin: Client) -> None:
    user = User.objects.create_user("operator")
    sent = {"username": "operator", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    joined = {"date_joined_0": "2026-11-26", "date_joined_1": "10:00:00"}
    assert admin.post(f"/admin/auth/user/{user.pk}/change/", sent | joined).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target, entry.detail["is_superuser"]) == (
        "change user",
        "user operator",
        True,
    )


def test_amounts_of_a_list_are_told_without_zeros_at_their_ends(admin: Client) -> None:
    row = made(Fill)
    Fill.objects.filter(pk=row.pk).update(amount="1200.500000000000000000", price="0.000000012", fee="300")
    html = admin.get(pages(Fill)).content.decode()
    for told in (">1200.5<", ">0.000000012<", ">300<"):
        assert told in re.sub(r"\s+", "", html)


def test_staff_without_permissions_see_none_of_it(db: None) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("operator", is_staff=True))
    assert browser.get(pages(ExchangeAccount)).status_code == 403
    assert browser.get(pages(Wallet)).status_code == 403


def test_an_account_is_renamed_and_keeps_its_keys_and_its_owner(admin: Client) -> None:
    row = made(ExchangeAccount)
    assert isinstance(row, ExchangeAccount)
    owner, keys = row.user, row.keys
    sent = {"label": "Desk", "premium": "on", "user": "1", "keys": "{}", "exchange": "kraken"}
    assert admin.post(f"{pages(ExchangeAccount)}{row.pk}/change/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.label, row.premium, row.user, row.keys) == ("Desk", True, owner, keys)
    assert admin.get(f"{pages(ExchangeAccount)}add/").status_code == 403
    assert admin.post(f"{pages(ExchangeAccount)}{row.pk}/delete/", {"post": "yes"}).status_code == 302
    told = AuditEntry.objects.order_by("number").values_list("action", flat=True)
    assert list(told) == ["change exchange account", "remove exchange account"]


@pytest.mark.parametrize(
    ("checks", "problem"),
    [
        ('[{"check": "balanse"}]', "There is no check balanse; there are structure, expiry,"),
        ('{"check": "balance"}', "A list, such as"),
        ('["balance"]', "A list, such as"),
        ('[{"check": "structure"}, {"check": "balance"}]', ""),
    ],
)
def test_a_strategy_names_checks_that_exist(admin: Client, checks: str, problem: str) -> None:
    sent = {"name": "mine", "description": "x", "checks": checks, "confirmations": "3", "gas": "{}"}
    html = admin.post(f"{pages(Strategy)}add/", sent, follow=True).content.decode()
    assert problem in html
    assert Strategy.objects.exists() == (not problem)


def test_an_alert_rule_is_switched_off(admin: Client) -> None:
    row = made(AlertRule)
    admin.post(f"{pages(AlertRule)}{row.pk}/change/", {"threshold": "9"})
    changed = AlertRule.objects.get()
    assert (changed.enabled, changed.threshold, changed.coin) == (False, Decimal(1), Coin.objects.get())
    assert isinstance(changed.created_at, datetime)
