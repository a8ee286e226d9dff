"""What the reference says of functions, figures and statements is what the compiler does."""

from __future__ import annotations

import pytest

from mlsdc.compiler.collect import FORMS, LANGUAGE
from mlsdc.compiler.evaluate import Scope, evaluate
from mlsdc.compiler.measured import MEASURES_TOLD, measures
from mlsdc.compiler.model.request import Request
from mlsdc.compiler.model.serving import Endpoint
from mlsdc.compiler.value_functions import EXAMPLES, FUNCTIONS
from mlsdc.dsl import ast
from mlsdc.dsl.parse import parse


def value(expression: str) -> object:
    """What an expression evaluates to."""
    tree, said = parse(f"x = {expression}", "f")
    statement = tree.statements[0]
    assert isinstance(statement, ast.Assignment)
    scope = Scope()
    made = evaluate(statement.value, scope)
    assert [*said, *scope.diagnostics] == []
    return made


def test_every_function_has_an_example() -> None:
    assert EXAMPLES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_functions(name: str) -> None:
    form, result, _ = EXAMPLES[name]
    assert value(f"{form} == {result}") is True


def test_every_figure_is_told() -> None:
    told = {name for name, _ in MEASURES_TOLD}
    request, endpoint = Request.model_construct(), Endpoint.model_construct()
    assert told == {*measures(request), *measures(endpoint)}


@pytest.mark.parametrize("word", FORMS)
def test_forms_can_be_read(word: str) -> None:
    """The form of each statement is one, with its dots filled."""
    text = FORMS[word][0].replace("{ ... }", "{ }").replace("payments { }", "\npayments { }")
    tree, said = parse(text.replace("extends", "\nextends"), "f")
    assert [d.message for d in said] == []
    first = tree.statements[0]
    assert isinstance(first, ast.Declaration)
    assert first.head is not None
    assert first.head.text == word


def test_every_word_of_the_language_has_a_form() -> None:
    assert {*LANGUAGE} - {"else", "else if"} <= FORMS.keys()
