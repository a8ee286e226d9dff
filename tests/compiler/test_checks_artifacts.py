"""What is loaded beside a model, and the model file itself: fitted state, code, versions."""

from __future__ import annotations

import pytest

from mlsdc.diagnostics import Diagnostic, Severity
from tests.compiler.checking import at, labelled, only, shown
from tests.compiler.checking import said as heard


def said(text: str, *codes: str) -> list[Diagnostic]:
    """The findings of these codes about a design that is sound in itself."""
    wrong = [shown(d) for d in heard(text) if d.code[:3] in ("SYN", "TYP", "INT")]
    assert wrong == []
    return heard(text, *codes)


def severities(text: str, code: str) -> list[str]:
    return [d.severity.word for d in said(text, code)]


FITTED = """
    dataset old {{ }}
    dataset rows {{
      {dataset}
    }}
    model ranker {{
      dataset = rows
      {model}
    }}
    endpoint rank {{
      model = ranker
      {endpoint}
    }}
    """


def fitted(model: str = "", endpoint: str = "", dataset: str = "") -> str:
    return FITTED.format(model=model, endpoint=endpoint, dataset=dataset)


SPLIT = "split = time { train = 80% }"
GOOD = "fitted scaler on rows rows train"


class TestFittedState:
    """TSC007."""

    @pytest.mark.parametrize(
        ("model", "endpoint", "dataset", "found"),
        [
            ("", "", SPLIT, []),
            (f"{GOOD} packaged", "", SPLIT, []),
            (GOOD, GOOD, SPLIT, []),
            (GOOD, "", SPLIT, ["note"]),  # what the endpoint loads
            (GOOD, "fitted vocabulary on rows rows train", SPLIT, ["note"]),
            (GOOD, "fitted scaler on old rows train", SPLIT, ["error"]),
            (GOOD, "fitted scaler", SPLIT, ["note"]),
            (GOOD, "fitted scaler rows served", SPLIT, ["error"]),
            ("", "fitted scaler on old rows train", SPLIT, ["error"]),
            ("", GOOD, SPLIT, []),
            ("fitted scaler on old rows train packaged", "", SPLIT, ["error"]),
            ("fitted scaler on rows rows all packaged", "", SPLIT, ["error"]),
            ("fitted scaler on rows packaged", "", SPLIT, ["note"]),
            ("fitted scaler on rows packaged", "", "", []),  # there are no other rows
            ("fitted scaler packaged", "", "", ["note"]),
            ("fitted scaler on rows version 2 packaged", "", "version = 2", []),
            ("fitted scaler on rows version 1 packaged", "", "version = 2", ["error"]),
            ("fitted scaler on rows packaged", "", "version = 2", []),
            (f'{GOOD} digest "a1"', 'fitted scaler digest "a1"', SPLIT, []),
            (f'{GOOD} digest "a1"', 'fitted scaler digest "b2"', SPLIT, ["error"]),
            (f'{GOOD} digest "a1"', f'{GOOD} digest "b2"', SPLIT, ["error"]),
            (f'{GOOD} digest "a1"', 'fitted scaler digest "a1" rows served', SPLIT, ["error"]),
        ],
    )
    def test_pairs(self, model: str, endpoint: str, dataset: str, found: list[str]) -> None:
        assert severities(fitted(model, endpoint, dataset), "TSC007") == found

    def test_a_finding(self) -> None:
        text = fitted(GOOD, "fitted scaler on old rows train", "version = 14")
        found = only(text, "TSC007")

        assert found.message == (
            "`scaler` of `rank` was fitted on `old`; `ranker` was trained on `rows` version 14"
        )
        assert at(found, text) == "old"
        assert labelled(found, text) == ["rows"]
        assert found.help == "fitted scaler on rows rows train, packaged with the model"

    def test_each_model_is_told_of_once(self) -> None:
        text = fitted("fitted scaler on old rows train packaged")
        second = text + "\n    endpoint other { model = ranker }\n"

        assert severities(second, "TSC007") == ["error"]

    def test_views_that_depend_on_one_training_set(self) -> None:
        text = (
            fitted(dataset="features = [scaled]")
            + """
            features scaled {
              kind = model_dependent
              FITTED
              x: float64
            }
            """
        )
        assert only(text.replace("FITTED", ""), "TSC007").missing == ("scaled.fitted",)
        assert said(text.replace("FITTED", "fitted mean on rows rows train"), "TSC007") == []
        other = only(text.replace("FITTED", "fitted mean on old rows train"), "TSC007")
        assert other.subject == "scaled"
        assert said(text.replace("FITTED", "").replace("_dependent", "_independent"),
                    "TSC007") == []  # fmt: skip

    def test_a_dataset_that_is_not_stated(self) -> None:
        text = fitted(GOOD + " packaged").replace("      dataset = rows\n", "")

        assert only(text, "TSC007").missing == ("ranker.dataset",)


PREPARED = """
    model ranker {{
      {model}
    }}
    endpoint rank {{
      model = ranker
      {endpoint}
    }}
    """


def prepared(model: str = "", endpoint: str = "") -> str:
    return PREPARED.format(
        model=f"preprocessing = {model}" if model else "",
        endpoint=f"preprocessing = {endpoint}" if endpoint else "",
    )


ONE, TWO = '{ code = "git:a.py@1" }', '{ code = "git:b.go@2" }'


class TestPreprocessing:
    """TSC008."""

    @pytest.mark.parametrize(
        ("model", "endpoint", "found"),
        [
            ("", "", []),
            ("graph", "", []),
            ("feature_store", "", []),
            ("graph", "graph", []),
            ("library", "", ["note"]),
            ("", "server", ["note"]),
            (f"library {ONE}", f"server {ONE}", []),
            (f"library {ONE}", f"server {TWO}", ["warning"]),
            (f"notebook {ONE}", f"client {ONE}", ["warning"]),
            ("graph", "client", ["warning"]),
            ("library", f"server {ONE}", ["note"]),
            ('library { code = "git:a.py" }', 'server { code = "git:a.py" }', ["note"]),
            (f"graph {ONE}", f"graph {TWO}", ["warning"]),
            ("graph", f"server {ONE}", ["note"]),
        ],
    )
    def test_places(self, model: str, endpoint: str, found: list[str]) -> None:
        assert severities(prepared(model, endpoint), "TSC008") == found

    def test_a_finding(self) -> None:
        text = prepared(f"notebook {ONE}", f"server {TWO}")
        found = only(text, "TSC008")

        assert found.message == (
            "inputs of `ranker` are prepared in a notebook (git:a.py@1) for training and in a "
            "server (git:b.go@2) for `rank`"
        )
        assert labelled(found, text) == ["notebook"]

    def test_what_is_missing_is_named(self) -> None:
        found = only(prepared("library", "server"), "TSC008")

        assert found.missing == ("ranker.preprocessing.code", "rank.preprocessing.code")


CASCADE = """
    model risk {{ version = 5 }}
    features scores {{ scored_by = risk  score: float64 }}
    dataset rows {{
      features = [scores]
      {dataset}
    }}
    model limit {{ dataset = rows }}
    endpoint decide {{
      model    = limit
      features = [scores]
      {endpoint}
    }}
    endpoint assess {{
      model = risk
      {upstream}
    }}
    """


def cascade(dataset: str = "", endpoint: str = "", upstream: str = "") -> str:
    return CASCADE.format(dataset=dataset, endpoint=endpoint, upstream=upstream)


class TestCascade:
    """TSC041."""

    @pytest.mark.parametrize(
        ("dataset", "endpoint", "upstream", "found"),
        [
            ("", "", "", ["note"]),
            ("pin risk version 5", "", "", []),
            ("pin risk version 3", "", "", ["error"]),
            ("pin risk version 3", "pin risk version 3", "", []),
            ("pin risk version 5", "pin risk version 4", "", ["error"]),
            ("pin risk version 5", "pin risk version latest", "", ["error"]),
            ("pin risk version 5", "feature_versions = latest", "", ["error"]),
            ("pin risk version 3", "feature_versions = with_model", "", []),
            ("pin risk version latest", "", "", ["note"]),
            ("pin risk version 5", "", "alias = champion", ["error"]),
            ("pin risk version 5", "pin risk version 5", "alias = champion", []),
        ],
    )
    def test_versions(self, dataset: str, endpoint: str, upstream: str, found: list[str]) -> None:
        assert severities(cascade(dataset, endpoint, upstream), "TSC041") == found

    def test_an_alias_moves(self) -> None:
        text = cascade("pin risk version 5", "", "alias = champion")
        found = only(text, "TSC041")

        assert found.message == (
            "`limit` learned from scores of `risk` version 5, and `decide` hands it those of "
            "whatever version alias `champion` of `assess` stands for"
        )
        assert at(found, text) == "champion"

    def test_what_is_missing_is_named(self) -> None:
        assert only(cascade(), "TSC041").missing == ("a version of risk in rows",)


def artifact(model: str = "", endpoint: str = "") -> str:
    return PREPARED.format(model=model, endpoint=f"artifact {{ {endpoint} }}" if endpoint else "")


class TestArtifacts:
    """TSC042."""

    @pytest.mark.parametrize(
        ("model", "endpoint", "found"),
        [
            ("", "", []),
            ("gate = auc { measured = trained }", "", []),
            ("gate = auc { measured = trained }", "precision = fp8", ["error"]),
            ("gate = auc { measured = served }", "precision = fp8", []),
            ("gate = auc { at_least = 0.8 }", "precision = fp8", ["note"]),
            ("", "precision = fp8", ["note"]),
            ("gate = auc { measured = trained }", "precision = fp16", ["note"]),
            ("precision = fp16\n gate = auc { measured = trained }", "precision = fp16", []),
            ("precision = fp32\n gate = auc { measured = trained }", "precision = fp16",
             ["error"]),
            ("gate = auc { measured = trained }", "quantisation = awq", ["error"]),
            ("quantisation = awq\n gate = auc { measured = trained }", "", ["error"]),
            ("quantisation = awq\n gate = auc { measured = served }", "", []),
            ("gate = auc { measured = trained }", "conversion = tensorrt", ["error"]),
            ("gate = auc { measured = trained }", "pruned = true", ["error"]),
            ("gate = auc { measured = trained }", "distilled = true", ["error"]),
            ("framework = pytorch\n format = onnx\n gate = auc { measured = trained }", "",
             ["error"]),
            ("framework = onnx\n format = onnx\n gate = auc { measured = trained }", "", []),
            ("framework = xgboost\n format = native\n gate = auc { measured = trained }", "", []),
        ],
    )  # fmt: skip
    def test_changes(self, model: str, endpoint: str, found: list[str]) -> None:
        assert severities(artifact(model, endpoint), "TSC042") == found

    def test_a_finding(self) -> None:
        text = artifact(
            "precision = bf16\n      gate = auc { measured = trained }",
            "precision = fp8  conversion = tensorrt",
        )
        found = only(text, "TSC042")

        assert found.message == (
            "`rank` serves `ranker` in fp8 instead of bf16, converted to tensorrt; its auc was "
            "measured before that"
        )
        assert at(found, text) == "fp8"
        assert labelled(found, text) == ["trained", "tensorrt"]

    @pytest.mark.parametrize(("served", "found"), [("bf16", []), ("fp16", ["error"])])
    def test_what_training_wrote(self, served: str, found: list[str]) -> None:
        text = artifact("training = nightly\n gate = auc { measured = trained }",
                        f"precision = {served}")  # fmt: skip
        text += "    training nightly { precision = bf16 }\n"

        assert severities(text, "TSC042") == found

    def test_what_is_missing_is_named(self) -> None:
        assert only(artifact("", "precision = int8"), "TSC042").missing == ("ranker.gate",)
        gated = artifact("gate = auc { at_least = 0.8 }", "precision = int8")
        assert only(gated, "TSC042").missing == ("ranker.gate.measured",)


LIBRARIES = """
    training nightly {{ {training} }}
    model ranker {{ framework = sklearn  training = nightly }}
    endpoint rank {{ model = ranker  {endpoint} }}
    """


def libraries(training: str = "", endpoint: str = "") -> str:
    return LIBRARIES.format(
        training=f"libraries = [{training}]" if training else "",
        endpoint=f"libraries = [{endpoint}]" if endpoint else "",
    )


class TestLibraries:
    """TSC043."""

    @pytest.mark.parametrize(
        ("training", "endpoint", "found"),
        [
            ("", "", []),
            ('"scikit-learn==1.5.0"', "", ["note"]),
            ("", '"scikit-learn==1.5.0"', ["note"]),
            ('"scikit-learn==1.5.0"', '"scikit-learn==1.5.0"', []),
            ('"scikit-learn==1.5.0"', '"Scikit_Learn==1.5.0"', []),
            ('"scikit-learn==1.5.0"', '"scikit-learn==1.5.1"', ["warning"]),
            ('"numpy==2.0.0"', '"numpy==2.0.0"', []),
            ('"numpy==2.0.0", "scikit-learn==1.5.0"', '"numpy==2.0.0"', ["note"]),
            ('"numpy==2.0.0", "scikit-learn==1.5.0"', '"numpy==1.0.0"', ["note", "warning"]),
            ('"scikit-learn==1.5.0", "torch==2.4.0+cu121"', '"scikit-learn==1.5.0"', []),
        ],
    )
    def test_versions(self, training: str, endpoint: str, found: list[str]) -> None:
        assert severities(libraries(training, endpoint), "TSC043") == found

    def test_a_finding(self) -> None:
        text = libraries('"scikit-learn==1.5.0"', '"numpy==2.0.0", "scikit-learn==1.4.2"')
        found = only(text, "TSC043")

        assert found.message == (
            "`rank` runs scikit-learn 1.4.2, `nightly` trained `ranker` with 1.5.0"
        )
        assert at(found, text) == '"scikit-learn==1.4.2"'
        assert labelled(found, text) == ['"scikit-learn==1.5.0"']

    @pytest.mark.parametrize("library", ['"xgboost"', '"xgboost>=2"', '"==2"', "2", '""'])
    def test_a_library_has_a_version(self, library: str) -> None:
        found = heard(libraries(library))

        assert [d.code for d in found if d.code[:3] == "TYP"] == ["TYP002"]
        assert "xgboost==2.1.1" in next(d for d in found if d.code == "TYP002").message


ALIASED = """
    features clicks {{ ctr: float64 }}
    dataset rows {{ features = [clicks] }}
    model ranker {{ dataset = rows }}
    endpoint rank {{
      model    = ranker
      features = [clicks]
      {}
    }}
    """


class TestAliases:
    """TSC045."""

    @pytest.mark.parametrize(
        ("fields", "found"),
        [
            ("", []),
            ("feature_versions = pinned", []),
            ("pin clicks version 1", []),
            ("alias = champion", ["note"]),
            ("alias = champion\n feature_versions = with_model", []),
            ("alias = champion\n feature_versions = pinned", ["error"]),
            ("alias = champion\n pin clicks version 1", ["error"]),
            ("alias = champion\n feature_versions = with_model\n pin clicks version 1", ["error"]),
            ("alias = champion\n feature_versions = latest", []),  # that is TSC004's
        ],
    )
    def test_fields(self, fields: str, found: list[str]) -> None:
        assert severities(ALIASED.format(fields), "TSC045") == found

    def test_a_model_without_features(self) -> None:
        text = ALIASED.format("alias = champion").replace("      features = [clicks]\n", "")

        assert said(text, "TSC045") == []

    def test_a_finding(self) -> None:
        text = ALIASED.format("alias = champion\n      pin clicks version 1")
        found = only(text, "TSC045")

        assert found.severity is Severity.ERROR
        assert at(found, text) == "champion"
        assert labelled(found, text) == ["pin clicks version 1"]
        assert "a promotion changes the model and not the features" in found.message
