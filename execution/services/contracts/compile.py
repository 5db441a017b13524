"""Vyper source into bytecode and ABI."""

from dataclasses import dataclass
from typing import Any

from jobs.errors import Permanent

LONGEST = 100_000  # characters of source


class DoesNotCompile(Permanent):
    """The compiler refuses the source; the message is its own."""


@dataclass(frozen=True)
class Compiled:
    """What the compiler makes: hex with 0x. `runtime` is the beginning of the code that will be deployed."""

    abi: list[dict[str, Any]]
    bytecode: str
    runtime: str
    compiler: str


def compile_source(source: str, name: str = "contract") -> Compiled:
    """Compile one file. DoesNotCompile with the compiler's words and the line."""
    import vyper
    from vyper.compiler import compile_code
    from vyper.exceptions import VyperException

    wanted = ["abi", "bytecode", "bytecode_runtime"]
    try:
        made: dict[str, Any] = compile_code(source, contract_path=f"{name}.vy", output_formats=wanted)
    except VyperException as error:
        raise DoesNotCompile(f"the source does not compile: {str(error).strip()}") from None
    except Exception as error:  # the compiler's own faults on odd input are the input's faults to us
        raise DoesNotCompile(f"the source does not compile: {type(error).__name__}: {error}") from None
    compiler = f"vyper {vyper.__version__}"
    return Compiled(made["abi"], made["bytecode"], made["bytecode_runtime"], compiler)
