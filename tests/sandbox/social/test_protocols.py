"""The sandbox speaks as Reddit, X, Telegram and newsrooms do."""

from base64 import b64encode
from typing import Any

import httpx2
import pytest

from sandbox.social.terms import parse_terms
from tests.sandbox.conftest import Server

REDDIT = ("sandbox-client", "sandbox-secret")
X = {"authorization": "Bearer sandbox-bearer"}


def token(url: str) -> str:
    """A token of Reddit's."""
    form = {"grant_type": "client_credentials"}
    return str(
        httpx2.post(f"{url}/reddit/api/v1/access_token", data=form, auth=REDDIT).json()["access_token"]
    )


def listing(url: str, **query: Any) -> httpx2.Response:
    """A search on Reddit."""
    headers = {"authorization": f"bearer {token(url)}"}
    return httpx2.get(f"{url}/reddit/r/all/search", params=query, headers=headers)


def test_reddit_wants_credentials_and_then_its_token(server: Server) -> None:
    address = f"{server.url}/reddit/api/v1/access_token"
    form = {"grant_type": "client_credentials"}
    assert httpx2.post(address, data=form).status_code == 401
    assert httpx2.post(address, data=form, auth=("someone", "else")).status_code == 401
    assert httpx2.post(address, data={"grant_type": "x"}, auth=REDDIT).status_code == 400
    search = f"{server.url}/reddit/r/all/search?q=PEBL"
    foreign = b64encode("1.\u00fc".encode()).decode()
    for header in ("", "bearer", "bearer abc", f"bearer {token(server.url)[:-8]}", f"bearer {foreign}"):
        assert httpx2.get(search, headers={"authorization": header}).status_code == 401


def test_reddit_lists_by_pages_and_counts_requests(server: Server) -> None:
    first = listing(server.url, q="PEBL", t="week", limit=5)
    data = first.json()["data"]
    ids = [child["data"]["id"] for child in data["children"]]
    assert (first.json()["kind"], data["dist"], data["after"]) == ("Listing", 5, f"t3_{ids[-1]}")
    second = listing(server.url, q="PEBL", t="week", limit=5, after=data["after"]).json()["data"]
    assert not {child["data"]["id"] for child in second["children"]} & set(ids)
    used, remaining = first.headers["x-ratelimit-used"], first.headers["x-ratelimit-remaining"]
    assert float(used) + float(remaining) == 1000
    assert 0 < int(first.headers["x-ratelimit-reset"]) <= 600


def test_x_wants_its_token_and_tells_what_is_wrong_with_a_query(server: Server) -> None:
    address = f"{server.url}/x/2/tweets/search/recent"
    assert httpx2.get(f"{address}?query=PEBL").json() == {
        "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized",
    }  # fmt: skip
    for query in ("max_results=10", "query=PEBL&max_results=5", "query=PEBL&start_time=2020-01-01T00:00:00Z"):
        answer = httpx2.get(f"{address}?{query}", headers=X)
        assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Request")


def test_x_pages_by_token_and_names_the_writers(server: Server) -> None:
    address = f"{server.url}/x/2/tweets/search/recent"
    first = httpx2.get(address, params={"query": "PEBL", "max_results": 10}, headers=X).json()
    following = first["meta"]["next_token"]
    query = {"query": "PEBL", "max_results": 10, "next_token": following}
    second = httpx2.get(address, params=query, headers=X).json()
    ids = [[int(tweet["id"]) for tweet in page["data"]] for page in (first, second)]
    assert min(ids[0]) > max(ids[1])
    users = {user["id"] for user in first["includes"]["users"]}
    assert {tweet["author_id"] for tweet in first["data"]} == users


def test_telegram_shows_twenty_messages_and_the_way_to_older_ones(server: Server) -> None:
    page = httpx2.get(f"{server.url}/telegram/s/coin_lounge").text
    assert page.count("tgme_widget_message_wrap") == 20
    before = page.split('data-before="')[1].split('"')[0]
    older = httpx2.get(f"{server.url}/telegram/s/coin_lounge?before={before}").text
    assert f'data-post="coin_lounge/{before}"' in page
    assert f'data-post="coin_lounge/{before}"' not in older
    assert httpx2.get(f"{server.url}/telegram/s/private").status_code == 302


@pytest.mark.parametrize("name", ["courier.rss", "wire.rss", "ledger.atom"])
def test_a_feed_that_the_reader_has_is_304(server: Server, name: str) -> None:
    address = f"{server.url}/feeds/{name}"
    given = httpx2.get(address).headers
    for headers in ({"if-none-match": given["etag"]}, {"if-modified-since": given["last-modified"]}):
        answer = httpx2.get(address, headers=headers)
        assert (answer.status_code, answer.content) == (304, b"")
    assert httpx2.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    old = {"if-modified-since": "Mon, 01 Jan 2024 00:00:00 GMT"}
    assert httpx2.get(address, headers=old).status_code == 200


def test_search_words_are_whole_words_in_any_case() -> None:
    terms = parse_terms('(PEBL OR "Kite Protocol") lang:en -is:retweet -scam')
    assert terms.fit("buy $pebl now")
    assert terms.fit("the kite protocol")
    assert not terms.fit("pebble")
    assert not terms.fit("PEBL is a scam")
    assert not parse_terms("").fit("anything")
