from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lambdalint.config import Selection, Settings, choose, find, known_rules, load
from lambdalint.parameters import BadSetting, Samconfigs, of_data, of_file, of_options
from lambdalint.rule import Severity

SHORT = "sqs/short-visibility-timeout"
LOW = "sqs/low-max-receive-count"
URL = "url/public"


pytestmark = pytest.mark.usefixtures("home")


def settings(text: str) -> Settings:
    path = Path("lambdalint.toml")
    path.write_text(text)
    loaded = load(path)
    assert loaded
    return loaded


def complaint(text: str) -> str:
    with pytest.raises(BadSetting) as bad:
        settings(text)
    return str(bad.value)


# --- where it stands ------------------------------------------------------------------------------


def test_no_file_means_the_defaults() -> None:
    assert find() == Settings()


def test_nearest_file_upwards_wins_and_one_without_our_table_does_not_count(home: Path) -> None:
    inner = home / "a" / "b"
    inner.mkdir(parents=True)
    (home / "pyproject.toml").write_text("[tool.lambdalint]\nexclude = ['outer']\n")
    (home / "a" / "pyproject.toml").write_text("[tool.other]\nlambdalint = 1\n")

    assert find(inner).exclude == ("outer",)
    assert find(inner).folder == str(home)

    (home / "a" / "lambdalint.toml").write_text("exclude = 'nearer'\n")
    assert find(inner).exclude == ("nearer",)


def test_lambdalint_toml_beats_the_pyproject_beside_it(home: Path) -> None:
    (home / "pyproject.toml").write_text("[tool.lambdalint]\nexclude = ['b']\n")
    (home / "lambdalint.toml").write_text("exclude = ['a']\n")

    assert find().exclude == ("a",)


def test_named_file_must_be_there_and_have_our_table() -> None:
    Path("pyproject.toml").write_text("[project]\nname = 'x'\n")

    with pytest.raises(BadSetting, match=r"pyproject.toml: has no \[tool.lambdalint\]"):
        load(Path("pyproject.toml"))
    with pytest.raises(BadSetting, match=r"nope.toml: no such file"):
        load(Path("nope.toml"))


# --- what it says ---------------------------------------------------------------------------------


def test_every_key_is_read() -> None:
    read = settings(
        f"""
        select = ["sqs", "{URL}"]
        extend-select = "stream"
        ignore = ["{LOW}"]
        fail-on = "never"
        exclude = ["legacy/"]
        [parameters]
        Stage = "prod"
        Days = 3
        Zones = ["a", "b"]
        Live = true
        [rules."{SHORT}"]
        severity = "error"
        factor = 4
        [rules."url/public"]
        severity = "off"
        """
    )

    assert read.selection == Selection(("sqs", URL), ("stream",), (LOW, URL))
    assert read.fail_on is None
    assert read.exclude == ("legacy/",)
    assert read.parameters == {"Stage": "prod", "Days": "3", "Zones": "a,b", "Live": "true"}
    assert read.severities == {SHORT: Severity.ERROR}
    assert read.options[SHORT] == {"factor": 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("selct = []", "unknown key 'selct', did you mean select?"),
        ("select = 3", "select: expected a list of texts"),
        ("select = ['sqs', 3]", "select: expected a list of texts"),
        ("select = ['sqz']", "there is no rule or family 'sqz', did you mean sqs?"),
        ("ignore = ['short-visibility-timeout']", f"did you mean {SHORT}?"),
        ("fail-on = 'warn'", "did you mean warning?"),
        ("fail-on = true", "fail-on: expected error, warning, info, never instead of True"),
        ("exclude = {}", "exclude: expected a list of texts"),
        ("parameters = []", "parameters: expected a table"),
        ("parameters = {A = {}}", "parameters: A is neither"),
        ("rules = 3", "rules: expected a table"),
        (f"rules = {{'{SHORT}' = 3}}", "expected a table"),
        ("rules = {'sqs/short' = {}}", "there is no rule 'sqs/short'"),
        ("rules = {'sqs' = {}}", "there is no rule 'sqs'"),
        (f"[rules.'{SHORT}']\nfaktor = 3", "unknown key 'faktor' in rules"),
        (f"[rules.'{SHORT}']\nfactor = '3'", "factor: expected a whole number such as 6"),
        (f"[rules.'{SHORT}']\nfactor = true", "factor: expected a whole number such as 6"),
        (f"[rules.'{SHORT}']\nfactor = 1.5", "factor: expected a whole number such as 6"),
        (f"[rules.'{SHORT}']\nseverity = 'fatal'", "severity: expected error, warning, info, off"),
        ("select = [", "lambdalint.toml: "),
    ],
)
def test_what_nobody_can_follow_is_refused_with_the_file_and_a_hint(text: str, said: str) -> None:
    found = complaint(text)

    assert found.startswith("lambdalint.toml: ")
    assert said in found


# --- selection ------------------------------------------------------------------------------------


def chosen(*layers: Selection) -> set[str]:
    return {rule.id for rule in choose(layers)}


def test_all_rules_that_are_on_are_chosen_by_default() -> None:
    assert chosen() == {rule.id for rule in choose([Selection(("ALL",))]) if rule.enabled}
    assert chosen(Selection(("ALL",))) == set(known_rules())


def test_select_starts_afresh_and_extend_select_adds() -> None:
    sqs = {id for id in known_rules() if id.startswith("sqs/")}

    assert chosen(Selection(("sqs",))) == sqs
    assert chosen(Selection((SHORT,))) == {SHORT}
    assert chosen(Selection((SHORT,), extend=(URL,))) == {SHORT, URL}
    assert chosen(Selection(())) == set()
    assert chosen(Selection(extend=(URL,))) == chosen()


@pytest.mark.parametrize(
    ("selection", "on", "off"),
    [
        (Selection(ignore=("sqs",)), URL, SHORT),
        (Selection(ignore=(SHORT,)), LOW, SHORT),
        (Selection(("sqs",), ignore=(SHORT,)), LOW, SHORT),
        (Selection((SHORT,), ignore=("sqs",)), SHORT, LOW),
        (Selection((SHORT,), ignore=("ALL",)), SHORT, URL),
        (Selection(("sqs",), ignore=("ALL",)), SHORT, URL),
        (Selection(("ALL",), ignore=("sqs",), extend=(SHORT,)), SHORT, LOW),
        (Selection((SHORT, LOW), ignore=(LOW,)), SHORT, LOW),
    ],
)
def test_more_specific_word_wins_and_ignore_wins_a_tie(
    selection: Selection, on: str, off: str
) -> None:
    assert on in chosen(selection)
    assert off not in chosen(selection)


def test_command_line_beats_the_file() -> None:
    file = Selection(("sqs",), ignore=(SHORT,))

    assert SHORT in chosen(file, Selection(extend=(SHORT,)))
    assert chosen(file, Selection((URL,))) == {URL}
    assert LOW not in chosen(file, Selection(ignore=("sqs",)))
    assert chosen(file, Selection()) == chosen(file)


# --- parameters -----------------------------------------------------------------------------------


def test_options_give_parameters() -> None:
    assert of_options(["A=1", "B=x=y", "C="]) == {"A": "1", "B": "x=y", "C": ""}
    for bad in ("A", "=1", ""):
        with pytest.raises(BadSetting, match="NAME=VALUE"):
            of_options([bad])


@pytest.mark.parametrize(
    "data",
    [
        {"Stage": "prod", "Days": "3"},
        {"Stage": "prod", "Days": 3},
        {"Parameters": {"Stage": "prod", "Days": 3}, "Tags": {"a": "b"}},
        [
            {"ParameterKey": "Stage", "ParameterValue": "prod"},
            {"ParameterKey": "Days", "ParameterValue": "3"},
            {"ParameterKey": "Other", "UsePreviousValue": True},
        ],
        ["Stage=prod", "Days=3"],
    ],
)
def test_every_kind_of_parameters_file_says_the_same(data: object) -> None:
    Path("p.json").write_text(json.dumps(data))

    assert of_file("p.json") == {"Stage": "prod", "Days": "3"}


def test_parameters_file_may_be_yaml() -> None:
    Path("p.yaml").write_text("Stage: prod\nZones: [a, b]\nLive: yes\n")

    assert of_file("p.yaml") == {"Stage": "prod", "Zones": "a,b", "Live": "true"}


@pytest.mark.parametrize("text", ["", "3", "[3]", "[x]", "{", "A: {b: c}", "A:", "\xff\xfe"])
def test_other_parameters_files_are_refused_with_their_name(text: str) -> None:
    Path("p.yaml").write_bytes(text.encode("latin-1"))

    with pytest.raises(BadSetting, match=r"^p.yaml: "):
        of_file("p.yaml")


def test_parameters_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"^p.json: no such file"):
        of_file("p.json")


@pytest.mark.parametrize(
    "overrides",
    [
        '"Stage=prod Days=3"',
        '\'Stage="prod" Days="3"\'',
        '"ParameterKey=Stage,ParameterValue=prod ParameterKey=Days,ParameterValue=3"',
        '["Stage=prod", "Days=3"]',
        '{Stage = "prod", Days = 3}',
        '"file://p.json"',
        '["file://p.json"]',
    ],
)
@pytest.mark.parametrize("command", ["deploy", "global"])
def test_samconfig_is_read_in_every_spelling(overrides: str, command: str) -> None:
    Path("p.json").write_text('{"Stage": "prod", "Days": 3}')
    Path("samconfig.toml").write_text(
        f"version = 0.1\n[default.{command}.parameters]\nparameter_overrides = {overrides}\n"
    )

    assert Samconfigs().beside("template.yaml") == {"Stage": "prod", "Days": "3"}


def test_samconfig_keeps_what_is_quoted_together() -> None:
    Path("samconfig.toml").write_text(
        """[default.deploy.parameters]\nparameter_overrides = 'A="x \\"y\\" z" B=1,2 C='\n"""
    )

    assert Samconfigs().beside("template.yaml") == {"A": 'x "y" z', "B": "1,2", "C": ""}


def test_samconfig_may_be_yaml_and_other_environments_do_not_count() -> None:
    Path("samconfig.yaml").write_text(
        "default: {deploy: {parameters: {parameter_overrides: Stage=dev}}}\n"
        "prod: {deploy: {parameters: {parameter_overrides: Stage=prod}}}\n"
    )

    assert Samconfigs().beside("template.yaml") == {"Stage": "dev"}


def test_nearest_samconfig_counts_as_far_up_as_the_repository_goes() -> None:
    head = "[default.deploy.parameters]\nparameter_overrides = "
    for folder in ("r/a/b", "r/c"):
        Path(folder).mkdir(parents=True)
    Path("samconfig.toml").write_text(f"{head}'Stage=outside'")
    Path("r/.git").mkdir()
    known = Samconfigs()

    assert known.beside("r/c/template.yaml") == {}

    Path("r/samconfig.toml").write_text(f"{head}'Stage=root'")
    Path("r/a/samconfig.toml").write_text(f"{head}'Stage=a'")
    known = Samconfigs()
    assert known.beside("r/a/b/template.yaml") == {"Stage": "a"}
    assert known.beside("r/c/template.yaml") == {"Stage": "root"}


@pytest.mark.parametrize("template", ["template.yaml", "template.yml", "template.json"])
def test_samconfig_of_the_template_beside_it_is_not_for_those_below(template: str) -> None:
    for folder in ("r/.git", "r/a/b"):
        Path(folder).mkdir(parents=True)
    overrides = "[default.deploy.parameters]\nparameter_overrides = 'Stage=root'"
    Path("r/samconfig.toml").write_text(overrides)
    Path("r", template).touch()
    known = Samconfigs()

    assert known.beside("r/other.yaml") == {"Stage": "root"}
    assert known.beside("r/a/template.yaml") == {}
    assert known.beside("r/a/b/template.yaml") == {}


@pytest.mark.parametrize(
    "text", ["[", "[default.deploy.parameters]\nparameter_overrides = 'A=1 x'"]
)
def test_broken_samconfig_is_told_once(text: str) -> None:
    Path("samconfig.toml").write_text(text)
    known = Samconfigs()

    with pytest.raises(BadSetting, match=r"^samconfig.toml: "):
        known.beside("a/template.yaml")
    assert known.beside("a/template.yaml") == {}
    assert known.beside("template.yaml") == {}


def test_mapping_with_other_things_in_it_holds_no_parameters() -> None:
    assert of_data({"A": {"b": 1}}) is None
    assert of_data("A=1") is None


@pytest.mark.parametrize(
    ("rule", "option", "said"),
    [
        ("loop/s3-self-trigger", 'min_confidence = "hihg"', "did you mean high"),
        ("async/no-failure-destination", 'ignore_triggers = ["schedule"]', "scheduler"),
        ("function/deprecated-runtime", 'today = "soon"', "expected a day"),
        ("s3/no-filter", "events = [1]", "expected a list of texts"),
    ],
)
def test_option_that_makes_no_sense_is_refused(
    tmp_path: Path, rule: str, option: str, said: str
) -> None:
    file = tmp_path / "lambdalint.toml"
    file.write_text(f'[rules."{rule}"]\n{option}\n')

    with pytest.raises(BadSetting, match=said):
        load(file)


def test_day_may_be_written_as_toml_or_as_text(tmp_path: Path) -> None:
    file = tmp_path / "lambdalint.toml"
    for day in ("2026-11-22", '"2026-11-22"'):
        file.write_text(f'[rules."function/deprecated-runtime"]\ntoday = {day}\n')
        assert load(file)


@pytest.mark.parametrize("moment", ["2026-11-22T10:00:00", "2026-11-22T10:00:00Z", "10:00:00"])
def test_moment_is_no_day(tmp_path: Path, moment: str) -> None:
    file = tmp_path / "lambdalint.toml"
    file.write_text(f'[rules."function/deprecated-runtime"]\ntoday = {moment}\n')

    with pytest.raises(BadSetting, match="expected a day"):
        load(file)


@pytest.mark.parametrize("text", ['tool.lambdalint = "x"\n', "[[tool.lambdalint]]\nignore = []\n"])
def test_what_is_no_table_is_not_passed_over(home: Path, text: str) -> None:
    (home / "pyproject.toml").write_text(text)

    with pytest.raises(BadSetting, match="lambdalint: expected a table"):
        find()


def test_folder_that_nobody_may_search_has_no_configuration(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "deep").mkdir()
    (home / "deep" / "pyproject.toml").write_text("")
    stat = os.stat

    def refusing(path: str | Path, **how: Any) -> os.stat_result:
        if Path(path).parent == home:
            raise PermissionError(13, "Permission denied", path)
        return stat(path, **how)

    monkeypatch.setattr(os, "stat", refusing)

    assert find(home / "deep").file == ""
