"""Settings that make no sense are told at the start, all of them at once."""

from django.conf import LazySettings

from execution.checks import check_settings


def test_the_settings_of_a_fresh_clone_are_fine() -> None:
    assert check_settings() == []


def test_every_fault_is_told(settings: LazySettings) -> None:
    settings.ALERT_WEBHOOK_URL = "hooks.example.com"
    settings.SPEECH_URL = "ftp://example.com"
    settings.WEBHOOK_SECRETS = []
    settings.WEBHOOK_ALLOWED_NETWORKS = ["10.0.0.1/8"]
    settings.EVM_PRIVATE_KEYS = ["0x" + "7" * 64, "0x" + "7" * 63]
    settings.EVM_IDLE_SECONDS = 0.0
    settings.ALERT_COOLDOWN = 0.0
    assert [message.msg for message in check_settings()] == [
        "ALERT_WEBHOOK_URL must begin with https:// or http://",
        "SPEECH_URL must begin with https:// or http://",
        "ALERT_WEBHOOK_URL is set, but no webhook can be signed: set WEBHOOK_SECRETS",
        "WEBHOOK_ALLOWED_NETWORKS: 10.0.0.1/8 has host bits set",
        "EVM_PRIVATE_KEYS: number 2 is no private key: 0x and 64 hexadecimal digits",
        "EVM_IDLE_SECONDS is a number of seconds greater than 0",
        "ALERT_COOLDOWN is a number of seconds greater than 0",
    ]
