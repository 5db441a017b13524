"""The book of queues."""

import pytest

from config.queues import DEFAULT, QUEUES
from jobs.errors import UnknownName
from jobs.queues import Queue, QueueBook

WALLETS = Queue("wallet-operations", "enrichment", tasks=("wallets.sync", "wallets.archive.*"))
PRICES = Queue("price_updates", "enrichment", tasks=("prices.*", "wallets.*"))
REST = Queue("default", "platform")
BOOK = QueueBook([WALLETS, PRICES, REST], "default")


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("wallet-operations", WALLETS),
        ("wallet_operations", WALLETS),
        ("price_updates", PRICES),
        ("price-updates", PRICES),
        ("default", REST),
    ],
)
def test_hyphens_and_underscores_mean_the_same(name: str, queue: Queue) -> None:
    assert BOOK.get(name) is queue
    assert name in BOOK


def test_an_unknown_queue_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownName, match=r"no queue named 'wallet-operation'. Did you mean") as caught:
        BOOK.get("wallet-operation")
    assert caught.value.fields == {"queue": "unknown: 'wallet-operation'"}
    assert "wallet-operation" not in BOOK


def test_a_queue_like_no_other_is_refused_without_a_suggestion() -> None:
    with pytest.raises(UnknownName) as caught:
        BOOK.get("zzz")
    assert str(caught.value) == "There is no queue named 'zzz'."


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("wallets.sync", WALLETS),
        ("wallets.sync_all", PRICES),
        ("wallets.archive.pack", WALLETS),
        ("prices.update", PRICES),
        ("prices", REST),
        ("news.read", REST),
        ("", REST),
    ],
)
def test_a_task_goes_by_its_name_then_by_the_longest_prefix_then_to_the_default(
    task: str, queue: Queue
) -> None:
    assert BOOK.of_task(task) is queue


def test_the_longest_prefix_wins_in_any_order_of_declaration() -> None:
    assert QueueBook([PRICES, WALLETS, REST], "default").of_task("wallets.archive.pack") is WALLETS


def test_celery_gets_the_same_routes() -> None:
    assert BOOK.routes() == {
        "wallets.sync": {"queue": "wallet-operations"},
        "wallets.archive.*": {"queue": "wallet-operations"},
        "prices.*": {"queue": "price_updates"},
        "wallets.*": {"queue": "price_updates"},
    }


def test_a_sound_book_has_no_faults() -> None:
    assert list(BOOK.faults()) == []
    assert list(QueueBook(QUEUES, DEFAULT).faults()) == []


def test_all_faults_are_told_at_once() -> None:
    book = QueueBook(
        [
            Queue("Loud", "x"),
            Queue("two words", "x"),
            Queue("", "x"),
            Queue("tiny", "x", concurrency=0, stalled_limit=0, attempts=0, keep_completed=-1, keep_failed=-1),
            Queue("twice", "x", tasks=("a.b",)),
            Queue("twice", "x", tasks=("c.d",)),
            Queue("same-name", "x", tasks=("a.b",)),
            Queue("same_name", "x"),
        ],
        "twise",
    )
    assert list(book.faults()) == [
        "queue 'Loud': a name is lower case without blanks",
        "queue 'two words': a name is lower case without blanks",
        "queue '': a name is lower case without blanks",
        "queue 'tiny': concurrency must be at least 1",
        "queue 'tiny': stalled_limit must be at least 1",
        "queue 'tiny': attempts must be at least 1, or None for no limit",
        "queue 'tiny': keep_completed cannot be negative",
        "queue 'tiny': keep_failed cannot be negative",
        "queue 'twice' is declared twice",
        "queue 'same-name' is declared twice",
        "task 'a.b' is routed to both 'twice' and 'same-name'",
        "the default queue 'twise' is not declared; did you mean 'twice'?",
    ]


def test_unlimited_attempts_are_no_fault() -> None:
    assert list(Queue("patient", "x", attempts=None).faults()) == []


def test_names_and_queues_come_in_the_order_of_declaration() -> None:
    assert BOOK.names == ["wallet-operations", "price_updates", "default"]
    assert list(BOOK) == [WALLETS, PRICES, REST]
