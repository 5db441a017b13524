"""Trade histories from CSV, and every fault of a broken one."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.services.pnl.csv_file import HistoryError, parse_csv
from analysis.services.pnl.entries import Entry, Kind

HEADER = "time,kind,asset,quantity,unit_price,fee,fee_asset\n"


def read(rows: str, header: str = HEADER, quote: str | None = None) -> list[Entry]:
    return parse_csv((header + rows).encode(), quote)


def faults(rows: str, header: str = HEADER) -> list[str]:
    with pytest.raises(HistoryError) as caught:
        read(rows, header)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_becomes_an_entry() -> None:
    assert read("2024-01-02T03:04:05+02:00, Buy ,BTC,0.5,40000.10,2e-1,SOL\n") == [
        Entry(
            datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
            Kind.BUY,
            "BTC",
            Decimal("0.5"),
            Decimal("20000.050"),
            Decimal("0.2"),
            "SOL",
            "line 2",
        )
    ]


@pytest.mark.parametrize(
    "text", ["2024-01-02", "2024-01-02T00:00:00", "2024-01-02 00:00", "2024-01-02T00:00:00Z"]
)
def test_a_time_without_zone_is_utc(text: str) -> None:
    assert read(f"{text},buy,BTC,1,1,,\n")[0].time == datetime(2024, 1, 2, tzinfo=UTC)


def test_byte_order_mark_crlf_blank_lines_column_order_and_extra_columns_are_fine() -> None:
    text = (
        "\ufeffnote,fee_asset,fee,unit_price,quantity,asset,kind,time\r\n\r\nx,,,10,1,BTC,sell,2024-01-02\r\n"
    )
    (entry,) = parse_csv(text.encode())
    assert (entry.kind, entry.value, entry.reference) == (Kind.SELL, Decimal(10), "line 3")


def test_a_transfer_needs_no_price() -> None:
    assert read("2024-01-02,transfer,BTC,1,,0.1,BTC\n")[0].value == 0


def test_fees_in_the_untraded_currency_are_money() -> None:
    entries = read("2024-01-02,buy,BTC,1,10,1,USD\n2024-01-03,buy,ETH,1,10,1,BTC\n")
    assert [entry.fee_asset for entry in entries] == [None, "BTC"]


def test_a_traded_currency_is_an_asset_and_its_fees_are_not_money() -> None:
    entries = read("2024-01-02,buy,USDC,100,1,,\n2024-01-03,buy,ETH,1,10,1,USDC\n")
    assert entries[1].fee_asset == "USDC"


def test_the_quote_currency_can_be_named() -> None:
    assert read("2024-01-02,buy,BONK,1,10,1,SOL\n", quote="SOL")[0].fee_asset is None


def test_fees_in_two_currencies_need_a_named_quote() -> None:
    rows = "2024-01-02,buy,BTC,1,10,1,USD\n2024-01-03,buy,BTC,1,10,1,EUR\n"
    (fault,) = faults(rows)
    assert "fees are in EUR and USD" in fault
    assert "--quote" in fault
    assert [entry.fee_asset for entry in read(rows, quote="EUR")] == ["USD", None]


def test_all_faults_are_reported_at_once_with_line_and_column() -> None:
    rows = (
        '2024-13-01,byu,,-1,"1,000.50",x,USD\n'
        "2024-01-02,buy,BTC,0,,,\n"
        "2024-01-02,buy,BTC,1\n"
        "2024-01-02,buy,BTC,1,NaN,1,BTC\n"
        "2024-01-02,buy,BTC,1,5,1,BTC\n"
    )
    assert faults(rows) == [
        'line 2, column time: "2024-13-01" is no ISO 8601 time like 2024-01-31 or 2024-01-31T12:00:00Z',
        'line 2, column kind: "byu" is not one of buy, sell, income, transfer; did you mean buy?',
        "line 2, column asset: is empty",
        "line 2, column quantity: must not be negative, is -1",
        'line 2, column unit_price: "1,000.50" is not a number: no thousands separators, and a decimal point',
        'line 2, column fee: "x" is not a number',
        "line 3, column quantity: must be above zero, is 0",
        "line 3, column unit_price: is empty",
        "line 4: has 4 cells, the header has 7",
        'line 5, column unit_price: "NaN" is not a number',
        "line 6, column fee: 1 BTC leaves nothing of 1 BTC",
    ]


def test_missing_columns_are_named_with_a_guess() -> None:
    header = "time,kind,asset,quantity,price,fee\n"
    assert faults("", header) == [
        'line 1, column unit_price: is missing; is it the one called "price"?',
        "line 1, column fee_asset: is missing",
    ]


def test_a_column_that_stands_twice_is_refused() -> None:
    assert faults("", "fee," + HEADER) == ["line 1, column fee: stands twice"]


def test_an_empty_file_and_a_bare_header_are_refused() -> None:
    assert faults("", "") == [
        "line 1: the file is empty; its first line must be time,kind,asset,quantity,unit_price,fee,fee_asset"
    ]
    assert faults("") == ["line 1: the file has a header but no rows"]


def test_an_open_quotation_mark_and_a_wrong_encoding_are_refused() -> None:
    assert faults('2024-01-02,buy,"BTC,1,1,,\n') == ["line 2: is not CSV: unexpected end of data"]
    with pytest.raises(HistoryError, match="line 2: is not UTF-8 text"):
        parse_csv(HEADER.encode() + b"\xff\xfe\n")


@pytest.mark.parametrize("number", ["1e999", "1" * 61, "١", "1_000", "0x1", "1.2.3", "Infinity", "--1", "."])
def test_odd_numbers_are_refused(number: str) -> None:
    assert len(faults(f"2024-01-02,buy,BTC,{number},1,,\n")) == 1


@given(st.text(max_size=200))
def test_no_text_breaks_the_parser(text: str) -> None:
    with pytest.raises(HistoryError):  # nobody writes a valid row by chance
        read(text)
