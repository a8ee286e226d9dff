"""A policy that names a price list in, its rows out; what is wrong with it is told at the key.

Law: a row with a mistake is left out and told of, and hides no other.
"""

from __future__ import annotations

import os
import tomllib

from mlsdc.compiler.capacity.prices import Prices, read_prices
from mlsdc.compiler.policies.policy import Policy
from mlsdc.compiler.policies.policy_rules import WRONG_POLICY_VALUE
from mlsdc.diagnostics import NOWHERE, Diagnostic

LARGEST = 2**20
"""Bytes of a price list."""
MOST_TOLD = 5
"""Mistakes of one file that are told of."""


def read_price_file(policy: Policy, path: str, said: list[Diagnostic]) -> Prices:
    """The rows of the list that a policy file at `path` names."""
    name = policy.prices_file or ""
    try:
        with open(os.path.join(os.path.dirname(path), name), "rb") as stream:
            content = stream.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise ValueError(f"the file is larger than {LARGEST >> 20} MiB")
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        wrong, found = [reason[:1].lower() + reason[1:].splitlines()[0]], Prices()
    else:
        found, wrong = read_prices(document)
    place = policy.place("prices") or NOWHERE
    for one in wrong[:MOST_TOLD]:
        said.append(WRONG_POLICY_VALUE.at(place, f"price list `{name}`: {one}", help=EXAMPLE))
    return found


EXAMPLE = (
    '[[price]] name = "m7i.large" region = "eu-west-1" value = 0.11 unit = "USD/h" '
    'source = "our contract" date = "2026-11-01"'
)
