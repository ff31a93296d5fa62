"""What is written for programs holds to the schemas that are published, and so does what is read."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator, FormatChecker, ValidationError
from xmlschema import XMLSchema

from lambdalint import config
from lambdalint.cli import main
from lambdalint.parameters import BadSetting

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SCHEMAS = sorted((ROOT / "schemas").glob("*.json"))


@cache
def schema(name: str, folder: Path = ROOT / "schemas") -> Draft7Validator:
    loaded = json.loads((folder / f"{name}.json").read_text("utf-8"))
    return Draft7Validator(loaded, format_checker=FormatChecker())


def run(*args: str) -> Any:
    return json.loads(CliRunner().invoke(main, args).stdout)


# --- what is written ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports on all fixtures, in each format for programs, from one run."""
    out = tmp_path_factory.mktemp("reports")
    formats = [f"--format={name}={out / name}" for name in ("json", "sarif", "gitlab", "junit")]
    args = ["check", "--select", "ALL", "--no-config", *formats, str(ROOT / "fixtures")]
    assert CliRunner().invoke(main, args).stdout == ""
    return out


def test_every_fixture_has_a_report_that_holds_to_its_schema(reports: Path) -> None:
    report = json.loads((reports / "json").read_text("utf-8"))

    schema("report").validate(report)
    assert all(report[what] for what in ("findings", "unknown", "errors"))


def test_every_fixture_has_an_inventory_that_holds_to_its_schema() -> None:
    inventory = run("triggers", "--format", "json", str(ROOT / "fixtures"))

    schema("inventory").validate(inventory)
    assert all(inventory[what] for what in ("triggers", "uninvoked", "unknown", "errors"))


def test_every_fixture_has_a_graph_that_holds_to_its_schema() -> None:
    graph = run("graph", "--format", "json", str(ROOT / "fixtures"))

    schema("graph").validate(graph)
    assert all(graph[what] for what in ("nodes", "edges", "errors"))


def test_a_baseline_of_every_fixture_holds_to_its_schema(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    args = ["check", "--select", "ALL", "--no-config", "--cfn-lint", str(ROOT / "fixtures")]
    CliRunner().invoke(main, [*args, "--write-baseline", str(file)])
    baseline = json.loads(file.read_text("utf-8"))

    schema("baseline").validate(baseline)
    rules = {one["rule"].partition("/")[0] for one in baseline["findings"]}
    assert {"cfn-lint", "handler", "sqs"} <= rules
    assert any("beside" in one for one in baseline["findings"])


def test_formats_of_others_hold_to_their_schemas(reports: Path) -> None:
    sarif = json.loads((DATA / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    Draft4Validator(sarif).validate(json.loads((reports / "sarif").read_text("utf-8")))
    XMLSchema(DATA / "junit-10.xsd").validate(reports / "junit")
    issues = json.loads((reports / "gitlab").read_text("utf-8"))
    schema("gitlab-code-quality", DATA).validate(issues)

    fingerprints = [issue["fingerprint"] for issue in issues]
    assert len(fingerprints) == len(set(fingerprints))


@pytest.mark.parametrize("args", [["rules"], ["explain", "ALL"]], ids=" ".join)
def test_rules_hold_to_their_schema(args: list[str]) -> None:
    listed = run(*args, "--format", "json")

    schema("rules").validate(listed)
    assert [rule["id"] for rule in listed["rules"]] == [*config.known_rules()]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_schemas_are_valid_and_let_nothing_through_that_they_do_not_name(path: Path) -> None:
    loaded = json.loads(path.read_text("utf-8"))
    Draft7Validator.check_schema(loaded)

    assert loaded["$id"].endswith(f"/schemas/{path.name}")
    assert [
        table for table in _tables(loaded) if table.get("additionalProperties") is not False
    ] == []


def _tables(schema: Any) -> Iterator[dict[str, Any]]:
    """All parts of a schema that name the members of something."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from _tables(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _tables(part)


def test_report_with_another_member_is_refused(reports: Path) -> None:
    report = json.loads((reports / "json").read_text("utf-8"))
    report["findings"][0]["colour"] = "red"

    with pytest.raises(ValidationError, match="colour"):
        schema("report").validate(report)


# --- what is read ---------------------------------------------------------------------------------


def test_schema_of_the_configuration_is_up_to_date() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "write_schema.py"))["schema"]()

    assert json.loads(json.dumps(written)) == schema("config").schema, (
        "python scripts/write_schema.py brings schemas/config.json up to date"
    )


RULES = ["sqs/short-visibility-timeout", "loop/s3-self-trigger", "function/deprecated-runtime"]
JUNK = st.sampled_from([3, -1, 1.5, True, "", "x", [], ["x"], [1], [[]], {}, {"a": 1}])
WORDS = st.sampled_from(
    [*config.names(), "sqs, url", " sqs ,", ",", "", "sqz", "sqs,sqz", "sqs url", "sqs/short"]
)
DAYS = ["2026-11-22", "2026-13-01", "soon"]
OPTIONS = {
    "severity": st.sampled_from([*config.SEVERITIES, "off", "never", "fatal"]),
    "factor": st.integers(),
    "count_window": st.booleans(),
    "min_confidence": st.sampled_from(["low", "high", "hihg"]),
    "assume_key_disjoint": st.lists(st.sampled_from(["Fn", "Other"])),
    "today": st.sampled_from(DAYS),
    "horizon_days": st.integers(),
    "other": st.just(1),
}
TEXTS = st.one_of(st.text("ab/*", max_size=3), st.lists(st.text("ab/*", max_size=3), max_size=2))
SCALARS = st.one_of(st.text("ab", max_size=2), st.integers(), st.just(0.5), st.booleans())


def _some(keys: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables of some of the keys, most of them with values that fit."""
    values = {key: st.one_of(value, value, value, JUNK) for key, value in keys.items()}
    return st.fixed_dictionaries({}, optional=values)


TABLES: dict[str, st.SearchStrategy[Any]] = {
    "select": WORDS | st.lists(WORDS, max_size=2),
    "extend-select": WORDS | st.lists(WORDS, max_size=2),
    "ignore": WORDS | st.lists(WORDS, max_size=2),
    "fail-on": st.sampled_from([*config.SEVERITIES, "never", "off"]),
    "exclude": TEXTS,
    "baseline": st.text("ab/.", max_size=3),
    "parameters": st.dictionaries(
        st.sampled_from(["Stage", "x y"]),
        SCALARS | st.lists(SCALARS, max_size=2) | JUNK,
        max_size=2,
    ),
    "rules": st.dictionaries(
        st.sampled_from([*RULES, "sqs", "sqs/short"]),
        _some(OPTIONS) | JUNK,
        max_size=2,
    ),
    "other": JUNK,
}


@given(_some(TABLES))
def test_schema_and_lambdalint_refuse_the_same_configurations(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, Any]
) -> None:
    file = tmp_path_factory.mktemp("config", numbered=True) / "lambdalint.toml"
    file.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in table.items()), "utf-8")
    try:
        config.load(file)
    except BadSetting:
        accepted = False
    else:
        accepted = True

    assert schema("config").is_valid(table) is accepted


def _toml(value: Any) -> str:
    match value:
        case dict():
            return f"{{{', '.join(f'{_toml(k)} = {_toml(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)
