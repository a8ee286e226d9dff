"""A pushdown automaton over the tables of tables.py.

Tokens come in; the builder's methods are called with the pieces of each rule, and what they return
is the piece of the next. Law: after a refused token the stacks are as they were before it came,
but for reductions, so that the caller may unwind them and go on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlsdc.dsl.tables import ACTIONS, GOTOS, RULES
from mlsdc.dsl.tokens import Token

Pieces = list[Any]
Make = Callable[[Pieces], Any]
_COMPLETES = frozenset(("NL", "RBRACE"))
_START = RULES[0][0]
_LANDINGS: list[dict[str, dict[str, int]]] = [{made: {} for made in row} for row in GOTOS]


class Automaton:
    """The state of one reading."""

    def __init__(self, builder: object) -> None:
        self._makers = [
            (_maker(builder, method, spliced), count, made)
            for made, count, method, spliced in RULES
        ]
        self._states = [0]
        self._values: Pieces = []
        self.result: Any = None

    def feed(self, tokens: list[Token], at: int) -> int:
        """Read on from a token; returns the place of the first one refused, or how many there are.

        The last token is `$END`; when it was accepted, `result` holds what the start rule made.
        """
        states, values, makers = self._states, self._values, self._makers
        state = states[-1]
        for place in range(at, len(tokens)):
            token = tokens[place]
            kind = token.kind
            action = ACTIONS[state].get(kind)
            while action is None or action < 0:
                if action is None:
                    return place
                make, count, made = makers[~action]
                if count == 1:
                    states.pop()
                    values[-1] = make(values[-1:])
                elif count:
                    pieces = values[-count:]
                    del values[-count:], states[-count:]
                    values.append(make(pieces))
                else:
                    values.append(make([]))
                if made == _START:
                    self.result = values.pop()
                    return place + 1
                landing = _LANDINGS[states[-1]][made]
                state = landing.get(kind) or _land(states[-1], made, kind)
                states.append(state)
                action = ACTIONS[state].get(kind)
            state = action
            states.append(action)
            values.append(token)
        return len(tokens)

    def accepts(self, kind: str) -> bool:
        """Whether a token of this kind could come next."""
        states = list(self._states)
        while True:
            action = ACTIONS[states[-1]].get(kind)
            if action is None:
                return False
            made, count, _, _ = RULES[~action] if action < 0 else ("", 0, "", ())
            if action >= 0 or made == _START:
                return True
            if count:
                del states[-count:]
            states.append(GOTOS[states[-1]][made])

    def expected(self) -> set[str]:
        """The kinds of token that could come next."""
        return {kind for kind in ACTIONS[self._states[-1]] if self.accepts(kind)}

    def unfinished(self, kind: str) -> int:
        """The offset where the piece begins that `unwind` would drop, or -1."""
        keep = self._keep(kind)
        piece = self._values[keep] if keep < len(self._values) else None
        if isinstance(piece, Token):
            return piece.start
        return -1 if piece is None or isinstance(piece, list) else piece.span.start

    def unwind(self, kind: str) -> None:
        """Drop what was read back to the innermost place where this kind of token is read next."""
        keep = self._keep(kind)
        del self._values[keep:], self._states[keep + 1 :]

    def _keep(self, kind: str) -> int:
        """How many values stand before that place."""
        at = len(self._states) - 1
        last = self._values[-1] if self._values else None
        if isinstance(last, Token) and last.kind in _COMPLETES:
            return at  # only a reduction is missing
        while ACTIONS[self._states[at]].get(kind, -1) < 0:
            at -= 1
        return at


def recognises(tokens: list[Token]) -> bool:
    """Whether tokens, `$END` the last of them, make a file without mistakes."""
    states = [0]
    for token in tokens:
        kind = token.kind
        while (action := ACTIONS[states[-1]].get(kind)) is not None and action < 0:
            made, count, _, _ = RULES[~action]
            if count:
                del states[-count:]
            if made == _START:
                return True
            states.append(_LANDINGS[states[-1]][made].get(kind) or _land(states[-1], made, kind))
        if action is None:
            return False
        states.append(action)
    return False


def _land(state: int, made: str, kind: str) -> int:
    """Where a piece leads before a token, passing by the rules that would only hand it on."""
    found = GOTOS[state][made]
    while (action := ACTIONS[found].get(kind, 0)) < 0 and not RULES[~action][2]:
        found = GOTOS[state][RULES[~action][0]]
    _LANDINGS[state][made][kind] = found
    return found


def _maker(builder: object, method: str, spliced: tuple[int, ...]) -> Make:
    if not method:
        return _only
    if method == "*":
        return _extended if spliced else _collected
    make: Make = getattr(builder, method)
    if not spliced:
        return make
    (at,) = spliced

    def splice(pieces: Pieces) -> Any:
        return make([*pieces[:at], *pieces[at], *pieces[at + 1 :]])

    return splice


def _only(pieces: Pieces) -> Any:
    return pieces[0]


def _collected(pieces: Pieces) -> Pieces:
    return pieces


def _extended(pieces: Pieces) -> Pieces:
    collected: Pieces = pieces[0]
    collected += pieces[1:]
    return collected
