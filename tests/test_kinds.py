"""The table of triggers names only what CloudFormation knows, and tells it in a few plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, TypeAlias

import pytest

from lambdalint import kinds
from lambdalint.kinds import KINDS, Form, Kind

Schema: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[1]

# CDK's own types and CloudFormation's open one have no schema.
OPEN_TYPES = ("Custom::*", "Custom::S3BucketNotifications", "Custom::Trigger")
OFFICIAL = re.compile(r"https://docs\.aws\.amazon\.com/[\w./-]+\.html")
PRINCIPAL = re.compile(r"([a-z0-9-]+\.)+amazonaws\.com")
PROSE = (
    "retries",
    "failures",
    "order",
    "batch",
    "pressure",
    "concurrency",
    "payload",
    "duplicates",
)

FORMS = [(kind, form) for kind in KINDS.values() for form in kind.forms]


def _schemas() -> Path:
    spec = find_spec("cfnlint")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "data" / "schemas"


@cache
def _types() -> dict[str, str]:
    """The file of each type's schema, from any Region that has the type."""
    found: dict[str, str] = {}
    for region in sorted((_schemas() / "providers").glob("*.json"), reverse=True):
        found |= json.loads(region.read_text("utf-8"))
    return found


@cache
def _schema(type: str) -> Schema:
    assert type in _types(), f"CloudFormation knows no {type}"
    path = _schemas() / "resources" / f"{_types()[type]}.json"
    schema: Schema = json.loads(path.read_text("utf-8"))
    return schema


@cache
def _update_policy() -> Schema:
    path = _schemas() / "other" / "resources" / "update_policy.json"
    schema: Schema = json.loads(path.read_text("utf-8"))
    return schema


def _attributes(type: str) -> Schema:
    """What a resource of this type may have beside its properties."""
    for rule in _update_policy()["allOf"]:
        if rule["if"]["properties"]["Type"].get("const") == type:
            attributes: Schema = rule["then"]
            return attributes
    pytest.fail(f"{type} has no UpdatePolicy")


def _alternatives(schema: Schema, root: Schema) -> Iterator[Schema]:
    """The schema and all that it is made of."""
    yield schema
    if "$ref" in schema:
        target = root
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        yield from _alternatives(target, root)
    for word in ("oneOf", "anyOf", "allOf"):
        for part in schema.get(word, ()):
            yield from _alternatives(part, root)


def _member(schema: Schema, name: str, root: Schema) -> Schema | None:
    """What the schema says of a property; {} where it leaves it open, None if there is none."""
    made_of = list(_alternatives(schema, root))
    for part in made_of:
        if name in part.get("properties", {}):
            found: Schema = part["properties"][name]
            return found
        for pattern, value in part.get("patternProperties", {}).items():
            if name == "{}" or re.search(pattern, name):
                entry: Schema = value
                return entry
    is_told = any("properties" in part or "patternProperties" in part for part in made_of)
    may_be_map = any("object" in part.get("type", ()) for part in made_of)
    return {} if may_be_map and not is_told else None


def _items(schema: Schema, root: Schema) -> Schema | None:
    return next((part["items"] for part in _alternatives(schema, root) if "items" in part), None)


def _at(type: str, path: str) -> tuple[Schema | None, Schema]:
    """What CloudFormation says of a path, and the schema that this is a part of."""
    root = _update_policy() if path.startswith("/") else _schema(type)
    found: Schema | None = _attributes(type) if path.startswith("/") else root
    for step in path.removeprefix("/").split("."):
        name = step.rstrip("[]!")
        if found and name:
            found = _member(found, name, root)
        if step.endswith("!"):
            return ({} if found is not None else None), root
        for _ in range(step.count("[]")):
            found = _items(found, root) if found else found
        if not found:
            break
    return found, root


def _absolute(form: Form, path: str) -> str:
    """The path that a form means: one with a dot starts in the innermost element of a list."""
    return form.function.rpartition("[]")[0] + "[]" + path if path.startswith(".") else path


def _paths(form: Form) -> Iterator[str]:
    for path in (form.function, form.source, form.when[0], form.off[0], form.role):
        if path:
            yield _absolute(form, path)


def _choices(schema: Schema, root: Schema) -> set[str]:
    """The values that a schema allows, as text; none if it does not say."""
    found: set[str] = set()
    for part in _alternatives(schema, root):
        found |= {str(value) for value in part.get("enum", ())}
        found |= {"true", "false"} if part.get("type") == "boolean" else set()
    return found


def _form_id(value: object) -> str | None:
    return f"{value.type}:{value.function}" if isinstance(value, Form) else None


def _kind_id(kind: Kind) -> str:
    return kind.name


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=_form_id)
def test_paths_are_known_to_cloudformation(kind: Kind, form: Form) -> None:
    if form.type not in OPEN_TYPES:
        for path in _paths(form):
            assert _at(form.type, path)[0] is not None, f"{kind.name}: no {path} in {form.type}"


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=_form_id)
def test_conditions_name_a_possible_value(kind: Kind, form: Form) -> None:
    for path, value in (form.when, form.off):
        assert bool(path) == bool(value), kind.name
        if path and form.type not in OPEN_TYPES:
            schema, root = _at(form.type, _absolute(form, path))
            choices = _choices(schema or {}, root)
            assert not choices or value in choices


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=_form_id)
def test_a_path_beside_the_function_has_a_list_to_start_in(kind: Kind, form: Form) -> None:
    beside = [path for path in (form.source, form.when[0], form.off[0], form.role) if path]

    assert "[]" in form.function or not any(path.startswith(".") for path in beside), kind.name


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=_form_id)
def test_a_name_is_of_a_known_type(kind: Kind, form: Form) -> None:
    if form.of:
        assert form.source, kind.name
        assert form.of in _types()


def test_a_wrong_path_is_noticed() -> None:
    for type, path in (
        ("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations[].Functions"),
        ("AWS::S3::Bucket", "NotificationConfiguration[].LambdaConfigurations"),
        ("AWS::Logs::AccountPolicy", "Policy!.DestinationArn"),
        ("AWS::SES::MailManagerRuleSet", "Rules[].Actions[].Lambda.FunctionArn"),
        ("AWS::Lambda::Alias", "/UpdatePolicy.CodeDeployLambdaAliasUpdate.TrafficHook"),
    ):
        assert _at(type, path)[0] is None, path


# --- kinds --------------------------------------------------------------------------------------


def test_names_are_unique() -> None:
    tables = [import_module(f"{kinds.__name__}.{one.name}") for one in iter_modules(kinds.__path__)]
    names = [kind.name for table in tables for kind in getattr(table, "KINDS", ())]

    assert sorted(names) == sorted(KINDS)


def test_a_place_makes_one_kind_of_trigger_unless_its_settings_tell() -> None:
    # The source or the API tells these apart, which no path can say.
    read_whole = {
        "AWS::Lambda::EventSourceMapping",
        "AWS::Events::Rule",
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Integration",
    }
    places: dict[tuple[str, str, tuple[str, str]], str] = {}
    for kind, form in FORMS:
        if form.type not in read_whole:
            place = (form.type, form.function, form.when)
            assert places.setdefault(place, kind.name) == kind.name, place
            assert not form.when[0] or (form.type, form.function, ("", "")) not in places


@pytest.mark.parametrize("kind", KINDS.values(), ids=_kind_id)
def test_kind_is_told_plainly(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.name)
    assert re.fullmatch(r"[A-Za-z]\S*( \S+)*", kind.title)
    assert not re.match(r"(an?|the) ", kind.title, re.IGNORECASE)
    assert len(kind.title) <= 40
    assert OFFICIAL.fullmatch(kind.url)
    for name in PROSE:
        text = getattr(kind, name)
        assert 0 < len(text) <= 60, name
        assert text == text.strip().rstrip("."), name
        assert "|" not in text


@pytest.mark.parametrize("kind", KINDS.values(), ids=_kind_id)
def test_kind_is_of_its_model(kind: Kind) -> None:
    assert kind.forms
    assert not kind.principal or PRINCIPAL.fullmatch(kind.principal)
    match kind.model:
        case "poll":
            assert not kind.principal, "Lambda, or a pipe, reads with a role"
            assert not kind.notices
            assert kind.limit_s is None
        case "async":
            assert kind.limit_s is None, "nobody waits"
        case "sync":
            assert kind.notices
            assert kind.limit_s is None or 0 < kind.limit_s <= 900


@pytest.mark.parametrize("kind", KINDS.values(), ids=_kind_id)
def test_who_takes_on_a_role_needs_no_permission(kind: Kind) -> None:
    # A rule may have a role, for targets of other kinds, but needs none for a function.
    if kind.name not in {"eventbridge", "schedule-rule"}:
        assert not kind.principal or not any(form.role for form in kind.forms)


# --- the page -----------------------------------------------------------------------------------


def test_page_tells_of_the_kinds_as_they_are() -> None:
    script = ROOT / "scripts" / "write_trigger_table.py"
    spec = spec_from_file_location(script.stem, script)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "triggers.md").read_text("utf-8")

    assert module.render(page) == page, "run python scripts/write_trigger_table.py"
    assert all(f"| `{name}` |" in page for name in KINDS)
