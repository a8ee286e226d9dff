"""Why a question cannot be answered."""

from __future__ import annotations


class Refusal(ValueError):  # noqa: N818 - named for what happened
    """An input that cannot be used: which, what was given, what is wanted, and an example."""

    def __init__(self, field: str, given: object, wanted: str, example: str = "") -> None:
        self.field, self.given, self.wanted, self.example = field, given, wanted, example
        text = f"{field}: {wanted}"
        if given is not None:
            shown = repr(given)
            shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
            text += f", not {shown}"
        super().__init__(f"{text}; for example {example}" if example else text)


class UnknownName(Refusal):
    """A name that no input has."""


class Undefined(Refusal):
    """A formula that has no value for these inputs, while others may."""


class Missing(Exception):  # noqa: N818 - named for what happened
    """Inputs that a method needs and nobody stated."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields
        super().__init__("needs " + ", ".join(fields))
