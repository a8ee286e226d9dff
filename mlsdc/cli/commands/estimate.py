"""`mlsdc estimate`: plain numbers in, figures with their arithmetic out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from mlsdc.cli.estimate_text import document, text
from mlsdc.cli.exits import Exit
from mlsdc.cli.inputs import LARGEST
from mlsdc.cli.outputs import Unusable, say
from mlsdc.cli.terminal import BOLD, Style, style_of
from mlsdc.compiler.estimates.answer import answers
from mlsdc.compiler.estimates.fields import Kind, fields
from mlsdc.compiler.estimates.kinds import KINDS, Questions, questions
from mlsdc.compiler.estimates.read_inputs import ReadInputs, meaning, read_inputs
from mlsdc.compiler.estimates.refusal import Missing, Refusal
from mlsdc.diagnostics import nearest


@dataclass
class _Words:
    """What was typed behind the kind."""

    values: dict[str, object] = field(default_factory=dict[str, object])
    file: str | None = None
    json: bool = False
    help: bool = False


def estimate(words: Sequence[str]) -> Exit:
    """Answer everything of a kind that follows from the inputs.

    Raises `Unusable` where nothing does, naming the field, what was given and what is wanted.
    """
    style = style_of(sys.stdout)
    if not words or words[0] in ("-h", "--help"):
        say(_overview(style), sys.stdout)
        return Exit.CLEAN if words else Exit.UNUSABLE
    kind, *rest = words
    if kind not in KINDS:
        near = nearest(kind, KINDS)
        hint = f"did you mean {near}?" if near else "kinds: " + ", ".join(KINDS)
        raise Unusable(f"there is no kind {kind!r} to estimate; {hint}")
    asked = questions(kind)
    try:
        typed = _parse(rest)
        if typed.help or not rest:
            say(_page(asked, style), sys.stdout)
            return Exit.CLEAN if typed.help else Exit.UNUSABLE
        given = {**_read_file(typed.file), **typed.values}
        return _answer(asked, read_inputs(given), typed.json, style)
    except Refusal as refusal:
        raise Unusable(f"estimate {kind}: {refusal}") from refusal
    except Missing as missing:
        raise Unusable(_lacking(kind, missing)) from missing


def _answer(asked: Questions, read: ReadInputs, as_json: bool, style: Style) -> Exit:
    from mlsdc.stdlib.hardware_tables import standard_hardware

    if not read.inputs:
        raise Missing(" or ".join(asked.inputs[:3]))
    found = answers(asked.methods, read.inputs, standard_hardware())
    used = frozenset[str]().union(*(one.used for one in found.estimates))
    idle = sorted(given for name, given in read.given.items() if name not in used)
    notes = [f"not used: {name}" for name in idle]
    notes += [f"not answered: {refusal}" for refusal in found.refusals]
    if as_json:
        say(document(asked.name, read.inputs, found.estimates, notes), sys.stdout)
    else:
        say(text(found.estimates, notes, style), sys.stdout)
    return Exit.CLEAN


def _lacking(kind: str, missing: Missing) -> str:
    known = fields()
    parts: list[str] = []
    for name in missing.fields:
        first = name.split(" or ")[0]
        example = f" (--{_dashed(first)} {known[first].example})" if first in known else ""
        parts.append(f"{name}{example}")
    return (
        f"estimate {kind} needs {', '.join(parts)}; mlsdc estimate {kind} --help lists all inputs"
    )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def _parse(words: Sequence[str]) -> _Words:
    """`--name value`, `--name=value`, `name=value`; a flag of true or false may stand alone."""
    found = _Words()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-h", "--help"):
            found.help = True
        elif word == "--json":
            found.json = True
        elif word == "-":
            _one_file(found, "-")
        elif word == "--from" or word.startswith("--from="):
            path = word.partition("=")[2] or (rest.pop(0) if rest else "")
            if not path:
                raise Refusal("--from", None, "names no file", "--from inputs.json")
            _one_file(found, path)
        else:
            _input(word, rest, found)
    return found


def _one_file(found: _Words, path: str) -> None:
    if found.file is not None:
        raise Refusal("--from", path, "one file or standard input", "--from inputs.json")
    found.file = path


def _input(word: str, rest: list[str], found: _Words) -> None:
    name, equals, value = word.removeprefix("--").partition("=")
    dashed = word.startswith("--")
    if not dashed and not equals:
        raise Refusal(word, None, "an input is --name value or name=value", "--gpus 8")
    if dashed and not equals:
        alone = not rest or rest[0].startswith("--")
        row, _, _ = meaning(name)
        if alone and row.kind is not Kind.FLAG:
            raise Refusal(word, None, f"{row.kind.value} is missing", f"{word} {row.example}")
        value = "true" if alone else rest.pop(0)
    if name in found.values:
        raise Refusal(f"--{name}", None, "it is given twice; state it once")
    found.values[name.replace("-", "_")] = value


def _read_file(path: str | None) -> Mapping[str, object]:
    if path is None:
        return {}
    name = "standard input" if path == "-" else path
    try:
        content = _bytes(path)
        found = json.loads(content)
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise Refusal("--from", None, f"{name}: {reason}") from None
    except (ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is nested too deeply"
        raise Refusal("--from", None, f"{name} is not JSON: {reason}", '{"gpus": 8}') from None
    if not isinstance(found, dict):
        raise Refusal("--from", None, f"{name} holds no JSON object", '{"gpus": 8}')
    return cast("Mapping[str, object]", found)


def _bytes(path: str) -> bytes:
    if path == "-":
        content = sys.stdin.buffer.read(LARGEST + 1) if sys.stdin else b""
    else:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST >> 20} MiB")
    return content


def _overview(style: Style) -> str:
    lines = ["Usage: mlsdc estimate KIND [--INPUT VALUE]... [--from FILE | -] [--json]", ""]
    lines += ["The capacity calculator: every figure with its arithmetic and what it rests on.", ""]
    for name in KINDS:
        lines.append(f"  {style.paint(f'{name:<12}', BOLD)}{questions(name).about}")
    lines += ["", "Worked examples", ""]
    lines += [line for example in WORKED for line in _worked(*example)]
    lines += ["", "mlsdc estimate KIND --help lists the inputs of a kind. A file or standard input"]
    lines += ["holds one JSON object of the same names; what is typed as well wins."]
    return "\n".join(lines)


WORKED = (
    ("training --examples 100M --batch 32 --step-time 100ms", "3.1M steps, about 86 h"),
    (
        "training --examples 100M --batch-per-gpu 32 --step-time 100ms --gpus 8"
        " --scaling-efficiency 100%",
        "the same on 8 GPUs: about 11 h",
    ),
    (
        "serving --qps 10000/s --service-time 20ms --utilisation 50%",
        "25/s on each GPU, 400 GPUs",
    ),
    (
        "serving --qps 10000/s --service-time 20ms --utilisation 50% --batching-factor 4",
        "the same with batching: 100 GPUs",
    ),
)
"""Questions, and what comes out."""


def _worked(line: str, says: str) -> list[str]:
    return [f"  mlsdc estimate {line}", *([f"      {says}"] if says else [])]


def _page(asked: Questions, style: Style) -> str:
    lines = [
        f"Usage: mlsdc estimate {asked.name} [--INPUT VALUE]... [--from FILE | -] [--json]",
        "",
    ]
    lines += [f"{asked.about[:1].upper()}{asked.about[1:]}.", "", style.paint("Inputs", BOLD), ""]
    known = fields()
    wide = max(len(name) for name in asked.inputs) + 2
    for name in asked.inputs:
        row = known[name]
        lines.append(f"  --{_dashed(name):<{wide}}{row.text}; {row.example}")
    lines += ["", style.paint("Answers", BOLD), ""]
    titles = dict.fromkeys(method.title for method in asked.methods)
    lines += [f"  {title}" for title in titles]
    lines += ["", style.paint("Examples", BOLD), ""]
    worked = dict(WORKED)
    for example in asked.examples:
        line = f"{asked.name} {example}"
        lines += _worked(line, worked.get(line, ""))
    return "\n".join(lines)
