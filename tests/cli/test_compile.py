"""`mlsdc compile`: what is written, what is left alone, and what stops it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mlsdc.cli import find_targets
from tests.cli.conftest import SLOW, SOUND, UNDECIDED, WARNED, Ended

Design = Callable[..., str]
Mlsdc = Callable[..., Ended]


@pytest.fixture(autouse=True)
def _two_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {
        "listing": "tests.cli.listing_target:ListingTarget",
        "titles": "tests.cli.listing_target:TitlesTarget",
    }
    monkeypatch.setattr(find_targets, "TARGETS", table)
    monkeypatch.setattr("mlsdc.cli.commands.compile.TARGETS", table)


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def generated(folder: Path) -> list[str]:
    return [path for path in tree(folder) if path != "mlsdc.manifest.json"]


ALL = [
    f"{environment}/{target}/{name}.txt"
    for environment in ("dev", "prod")
    for target in ("listing", "titles")
    for name in ("rank", "score")
]


def test_everything_is_written_and_told(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    ended = mlsdc("compile", design())
    assert ended.code == 0
    assert ended.err == ""
    assert generated(here / "out") == ALL
    assert ended.out.splitlines()[1:] == [
        "",
        "out/dev/listing   2 files",
        "out/dev/titles    2 files",
        "out/prod/listing  2 files",
        "out/prod/titles   2 files",
        "8 written, 0 unchanged",
        "dev rank: p99 30ms of 50ms · correlated 30ms · certain 30ms",
        "dev rank during failures: within 50ms, at worst 30ms (one zone lost)",
        "dev replicas: score 2",
        "prod rank: p99 30ms of 50ms · correlated 30ms · certain 30ms",
        "prod rank during failures: within 50ms, at worst 30ms (one zone lost)"
        " · needs score.concurrency",
        "prod replicas: score 2",
    ]


def test_a_second_run_changes_nothing(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    name = design()
    mlsdc("compile", name)
    before = tree(here / "out")
    assert "0 written, 8 unchanged" in mlsdc("compile", name).out
    assert tree(here / "out") == before


def test_what_is_generated_no_more_is_deleted(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    mlsdc("compile", design())
    ended = mlsdc("compile", design(SOUND.replace("environment dev", "environment test")))
    assert "4 written, 4 unchanged, 4 deleted" in ended.out
    assert "deleted out/dev/listing/rank.txt: it is generated no more" in ended.out
    assert not (here / "out/dev").exists()


def test_an_edited_file_is_not_overwritten(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    name = design()
    mlsdc("compile", name)
    (here / "out/prod/listing/score.txt").write_text("mine\n")
    refused = mlsdc("compile", name)
    assert refused.code == 2
    assert "prod/listing/score.txt was edited by hand" in refused.err
    assert (here / "out/prod/listing/score.txt").read_text() == "mine\n"
    assert mlsdc("compile", name, "--force").code == 0
    assert (here / "out/prod/listing/score.txt").read_text() == "2\n"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (SLOW, []),
        (WARNED, ["--fail-on", "warning"]),
        (UNDECIDED, ["--require-evidence"]),
        (SOUND + "endpoint unlistable { }\n", []),
    ],
)
def test_nothing_is_written_while_a_finding_stands(
    mlsdc: Mlsdc, design: Design, here: Path, text: str, options: list[str]
) -> None:
    ended = mlsdc("compile", design(text), *options)
    assert ended.code == 1
    assert "[" in ended.out
    assert not (here / "out").exists()


def test_a_warning_does_not_keep_files_from_being_written(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    ended = mlsdc("compile", design(WARNED))
    assert ended.code == 0
    assert "warning[SYN028]" in ended.out
    assert generated(here / "out") == ALL


def test_check_writes_nothing_and_tells_what_is_out_of_date(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design()
    missing = mlsdc("compile", name, "--check")
    assert missing.code == 4
    assert "out/dev/listing/rank.txt is missing" in missing.out
    assert "9 files out of date; run the same without --check" in missing.out
    assert not (here / "out").exists()
    mlsdc("compile", name)
    fresh = mlsdc("compile", name, "--check")
    assert (fresh.code, fresh.out.splitlines()[-1]) == (0, "out is up to date")
    (here / "out/prod/listing/score.txt").write_text("edited\n")
    stale = mlsdc("compile", name, "--check", "-o", "json")
    assert stale.code == 4
    assert json.loads(stale.out)["exit_code"] == 4
    assert "out/prod/listing/score.txt was edited by hand" in stale.err


# Parts ------------------------------------------------------------------------------------------


def test_one_environment_and_target_leave_the_others_alone(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design()
    mlsdc("compile", name)
    before = tree(here / "out")
    ended = mlsdc("compile", name, "--env", "prod", "--target", "listing")
    assert ended.code == 0
    assert "0 written, 8 unchanged" in ended.out
    assert tree(here / "out") == before
    assert mlsdc("compile", name, "--env", "dev", "--check").code == 0
    assert mlsdc("compile", name, "--check").code == 0


def test_parts_written_one_after_the_other_make_the_whole(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design()
    mlsdc("compile", name, "-O", "whole")
    for environment in ("prod", "dev"):
        for target in ("titles", "listing"):
            options = ["--env", environment, "--target", target, "-O", "parts"]
            assert mlsdc("compile", name, *options).code == 0
    assert tree(here / "parts") == tree(here / "whole")


def test_an_edited_file_outside_the_part_is_not_touched(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design()
    mlsdc("compile", name)
    (here / "out/dev/listing/score.txt").write_text("mine\n")
    assert mlsdc("compile", name, "--env", "prod").code == 0
    assert (here / "out/dev/listing/score.txt").read_text() == "mine\n"


def test_files_of_an_environment_that_is_gone_are_not_spared(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    mlsdc("compile", design())
    mlsdc("compile", design(SOUND.replace("environment dev", "environment test")), "--env", "prod")
    assert not (here / "out/dev").exists()


def test_several_targets_in_one_option_or_in_several(
    mlsdc: Mlsdc, design: Design, here: Path
) -> None:
    name = design()
    mlsdc("compile", name, "--target", "titles, listing", "-O", "a")
    mlsdc("compile", name, "--target", "titles", "--target", "listing", "-O", "b")
    assert tree(here / "a") == tree(here / "b")
    assert generated(here / "a") == ALL


# Inputs -----------------------------------------------------------------------------------------


def test_files_do_not_depend_on_where_the_command_was_typed(
    mlsdc: Mlsdc, design: Design, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design(name="shop/design.mlsd")
    mlsdc("compile", "shop/design.mlsd", "-O", "a")
    mlsdc("compile", str(here / "shop/design.mlsd"), "-O", "b")
    monkeypatch.chdir(here / "shop")
    mlsdc("compile", "design.mlsd", "-O", "../c")
    assert tree(here / "a") == tree(here / "b") == tree(here / "c")
    manifest = json.loads((here / "a/mlsdc.manifest.json").read_text())
    assert list(manifest["inputs"]) == ["design.mlsd"]
    assert manifest["source_map"]["prod/listing/score.txt"] == {"replicas": "design.mlsd:4:10"}


def test_a_set_parameter_is_an_input(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    name = design()
    ended = mlsdc("compile", name, "--set", "peak=900/s")
    assert "prod replicas: score 9" in ended.out
    assert "<command line>" in json.loads((here / "out/mlsdc.manifest.json").read_text())["inputs"]
    assert mlsdc("compile", name, "--check", "--set", "peak=900/s").code == 0
    assert mlsdc("compile", name, "--check").code == 4


def test_an_undecided_latency_is_told_as_a_lower_bound(mlsdc: Mlsdc, design: Design) -> None:
    assert "prod rank: p99 at least 30ms of 50ms" in mlsdc("compile", design(UNDECIDED)).out
    assert "· needs other.latency" in mlsdc("compile", design(UNDECIDED)).out


def test_a_machine_format_is_alone_on_standard_output(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("compile", design(), "-o", "json")
    assert json.loads(ended.out)["exit_code"] == 0
    assert "8 written" in ended.err


# Refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-O", "design.mlsd"], "-O design.mlsd: this is a file, a folder is needed"),
        (["-O", ""], "-O names no folder"),
        (["--target", "listings"], "there is no target 'listings'; did you mean listing?"),
        (["--target", "listing,"], "there is no target ''"),
        (["-o", "txt"], "there is no format 'txt'; did you mean text?"),
    ],
)
def test_options_that_cannot_be_followed(
    mlsdc: Mlsdc, design: Design, here: Path, options: list[str], message: str
) -> None:
    ended = mlsdc("compile", design(), *options)
    assert ended.code == 2
    assert ended.err.startswith("mlsdc: error: ")
    assert message in ended.err
    assert [path.name for path in here.iterdir()] == ["design.mlsd"]


def test_an_output_folder_below_a_file(mlsdc: Mlsdc, design: Design) -> None:
    ended = mlsdc("compile", design(), "-O", "design.mlsd/out")
    assert ended.code == 2
    assert ended.err.startswith("mlsdc: error: design.mlsd/out: ")
    assert "Traceback" not in ended.err


def test_a_name_that_no_file_system_can_hold(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    ended = mlsdc("compile", design(SOUND.replace("environment dev", "environment con")))
    assert ended.code == 2
    assert "is a device on Windows" in ended.err
    assert not (here / "out").exists()


def test_a_target_that_breaks_is_a_fault_of_mlsdc(mlsdc: Mlsdc, design: Design, here: Path) -> None:
    ended = mlsdc("compile", design(SOUND + "endpoint broken { }\n"))
    assert ended.code == 3
    assert (
        "mlsdc: error[INT001] a fault of mlsdc itself: RuntimeError: the printer jammed"
        in ended.out
    )
    assert not (here / "out").exists()


def test_a_third_partys_target_is_found_by_its_entry_point(
    mlsdc: Mlsdc, design: Design, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import EntryPoint, EntryPoints

    points = [
        EntryPoint("foreign", "tests.cli.listing_target:ListingTarget", find_targets.GROUP),
        EntryPoint("absent", "no_such_package:Target", find_targets.GROUP),
    ]
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: EntryPoints(points).select(group=group)
    )
    assert mlsdc("compile", design(), "--target", "foreign").code == 0
    assert "prod/listing/score.txt" in tree(here / "out")
    broken = mlsdc("compile", design(), "--target", "absent")
    assert broken.code == 2
    assert "target 'absent' cannot be loaded: ModuleNotFoundError" in broken.err
