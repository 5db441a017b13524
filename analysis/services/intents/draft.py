"""An intent as somebody hands it in; what is wrong is told by field, before anything is stored."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator
from pydantic.alias_generators import to_camel

from enrichment.evm_addresses import EvmAddress

Amount = Annotated[int, Field(ge=0, lt=2**256)]
Price = Annotated[int, Field(ge=1, lt=10**30)]  # wei per gas: the column's digits, and far above any sense
Name = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00]+$")]


class Draft(BaseModel):
    """The fields of a new intent. Amounts are in base units (wei), as numbers or decimal text."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    kind: Literal["transfer", "token_transfer", "call"] = "transfer"
    sender: EvmAddress
    recipient: EvmAddress
    token: EvmAddress | Literal[""] = ""
    amount: Amount = 0
    data: str = Field("0x", max_length=100_000, pattern=r"^0x([0-9a-fA-F]{2})*$")
    chain_id: int | None = Field(None, ge=1, le=2**53)
    max_gas_price: Price | None = None
    expires_at: datetime | None = None
    strategy: Name = Field("standard", max_length=50)
    request_key: Name | None = Field(None, max_length=100)

    @field_validator("amount", "chain_id", "max_gas_price", mode="before")
    @classmethod
    def _no_truth(cls, value: object) -> object:
        """`true` is no amount of one, whatever Python thinks."""
        if isinstance(value, bool):
            raise ValueError("is a truth value, not a number")  # noqa: TRY004 -- what pydantic takes for a fault
        return value

    @field_validator("expires_at")
    @classmethod
    def _in_utc(cls, moment: datetime | None) -> datetime | None:
        if moment is None or moment.tzinfo is None:
            return moment and moment.replace(tzinfo=UTC)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise ValueError("this time lies outside the years 1 to 9999 in UTC") from None

    @model_validator(mode="after")
    def _whole(self) -> "Draft":
        if self.kind == "token_transfer" and not self.token:
            raise ValueError("token: a token transfer names its token")
        if self.kind != "token_transfer" and self.token:
            raise ValueError("token: only a token transfer has one")
        if self.kind != "call" and self.data != "0x":
            raise ValueError("data: only a call has some")
        return self
