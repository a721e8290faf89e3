"""The committed documents are what the code says, whole and well-formed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.cli.contracts import contracts
from deploy.contracts import problems
from deploy.contracts.documents import README, documents, with_tables, write
from deploy.contracts.doors import FoundDoor, doors_of, operations_of, services_with_doors
from deploy.contracts.envelope import ATTRIBUTES
from deploy.names import SERVICES
from services.processing.api import CommandLine
from shared.contracts.registry import ALL, COMMANDS
from shared.messaging.hearing import MARKER, ResendRequest
from shared.topology import agency_topology, services_topology
from tests.contract.messages import story

FOLDER = Path(__file__).parents[3] / "docs" / "contracts"
MADE = documents()
ASYNCAPI = yaml.safe_load(MADE["asyncapi.yaml"])
RENEW = "run: .venv/bin/python -m deploy.cli contracts"


@pytest.mark.parametrize("name", MADE)
def test_a_document_says_what_the_code_says(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name], RENEW


def test_the_tables_of_the_readme_say_what_the_code_says() -> None:
    page = (FOLDER / README).read_text(encoding="utf-8")

    assert with_tables(page) == page, RENEW


def test_no_document_lies_about_that_nothing_makes_but_schemas_of_older_versions() -> None:
    made = {FOLDER / name for name in MADE}
    found = {path for path in FOLDER.rglob("*") if path.suffix in {".json", ".yaml"}}
    examples = {*FOLDER.glob("examples/*")}  # test_kit says what these are

    assert all(path.is_file() for path in made)
    for path in found - made - examples:
        kind, _, version = path.stem.rpartition(".v")
        assert int(version) < ALL[kind].version, path


def test_documents_come_out_the_same_every_time() -> None:
    assert documents() == MADE


def test_the_command_writes_what_is_missing_and_says_so(tmp_path: Path) -> None:
    first = CliRunner().invoke(contracts, ["--to", str(tmp_path), "--json"])
    again = CliRunner().invoke(contracts, ["--to", str(tmp_path), "--json"])

    assert first.exit_code == again.exit_code == 0
    assert len(json.loads(first.output)["changed"]) == len(MADE)
    assert json.loads(again.output)["changed"] == []
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*") if path.is_file()} == set(
        MADE
    )


def test_writing_renews_the_tables_of_a_readme_and_keeps_its_words(tmp_path: Path) -> None:
    page = (FOLDER / README).read_text(encoding="utf-8")
    (tmp_path / README).write_text(page.replace("`not-found`", "`lost`"), encoding="utf-8")

    write(tmp_path)

    assert (tmp_path / README).read_text(encoding="utf-8") == page


def test_a_readme_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        with_tables("no marks")


class TestOpenApi:
    def test_every_service_has_its_document(self) -> None:
        assert services_with_doors() == list(SERVICES)

    @pytest.mark.parametrize("service", SERVICES)
    def test_it_is_well_formed(self, service: str) -> None:
        document = yaml.safe_load(MADE[f"openapi/{service}.yaml"])

        assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_door_is_documented_and_every_documented_door_is_there(self, service: str) -> None:
        documented = {FoundDoor(service, each.method, each.url) for each in operations_of(service)}

        assert documented == set(doors_of(service))

    @pytest.mark.parametrize("service", SERVICES)
    def test_operations_have_names_of_their_own(self, service: str) -> None:
        names = [each.id for each in operations_of(service)]
        paths = [(each.method, each.path) for each in operations_of(service)]

        assert len(set(names)) == len(names)
        assert len(set(paths)) == len(paths)

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_door_but_those_of_watchers_wants_a_token(self, service: str) -> None:
        for operation in operations_of(service):
            codes = {problem.code for problem in operation.problems()}
            assert operation.open == (operation.url in {"/health", "/metrics"})
            assert ("unauthenticated" in codes) != operation.open

    def test_a_line_of_a_batch_of_commands_has_the_fields_that_the_door_reads(self) -> None:
        document = yaml.safe_load(MADE["openapi/processing.yaml"])
        content = document["paths"]["/v1/batches"]["post"]["requestBody"]["content"]
        lines = content["application/x-ndjson"]["schema"]["oneOf"]

        assert {line["properties"]["command"]["const"] for line in lines} == {
            kind.rpartition(".")[2] for kind in COMMANDS
        }
        for line in lines:
            assert set(line["properties"]) == set(CommandLine().fields)
            assert set(line["required"]) == {
                name for name, each in CommandLine().fields.items() if each.required
            }

    def test_no_name_of_an_operation_is_used_by_two_services(self) -> None:
        names = [each.id for service in SERVICES for each in operations_of(service)]

        assert len(set(names)) == len(names)


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "$ref":
                yield part
            else:
                yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def found_at(document: Any, reference: str) -> Any:
    for part in reference.removeprefix("#/").split("/"):
        document = document[part]
    return document


class TestAsyncApi:
    def test_it_is_of_version_3_and_every_reference_leads_somewhere(self) -> None:
        assert ASYNCAPI["asyncapi"] == "3.0.0"
        every = list(references(ASYNCAPI))
        assert len(every) > 100
        for reference in every:
            assert found_at(ASYNCAPI, reference)

    def test_every_message_type_is_in_it_with_its_binding(self) -> None:
        messages = ASYNCAPI["components"]["messages"].values()
        named = {message["name"]: message for message in messages}

        assert set(ALL) < set(named)
        for kind in ALL:
            assert named[kind]["contentType"] == "application/cloudevents+json"
            assert named[kind]["bindings"]["amqp"]["messageType"] == kind

    def test_its_channels_are_exchanges_and_queues_that_the_topology_has(self) -> None:
        topology = services_topology() + agency_topology("{agency}")
        kinds = {exchange.name: exchange.kind for exchange in topology.exchanges}
        queues = {queue.name for queue in topology.queues}
        shown = set()
        for title, channel in ASYNCAPI["channels"].items():
            if title in {"rankingFeed", "resolutionFeed"}:  # doors, as the OpenAPI document has it
                assert channel["address"] in yaml.safe_load(MADE["openapi/statistics.yaml"])["paths"]
                continue
            binding = channel["bindings"]["amqp"]
            if binding["is"] == "routingKey":
                assert binding["exchange"]["type"] == kinds[binding["exchange"]["name"]]
                shown.add(binding["exchange"]["name"])
            else:
                name = binding["queue"]["name"]
                one = name.replace("{partition}", "0").replace("{service}", "intake")
                assert one in queues
                assert channel["address"] == name
        # The entrances behind `lienthong.events` are the services' own affair.
        assert shown == {name for name in kinds if not name.endswith(".in")}

    def test_what_an_operation_carries_is_carried_by_its_channel(self) -> None:
        for operation in ASYNCAPI["operations"].values():
            channel = operation["channel"]["$ref"]
            assert operation["action"] in {"send", "receive"}
            assert operation["messages"]
            for message in operation["messages"]:
                assert message["$ref"].startswith(f"{channel}/messages/")

    def test_addresses_name_their_parameters(self) -> None:
        for channel in ASYNCAPI["channels"].values():
            assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel.get("parameters", {}))

    def test_real_messages_satisfy_the_payload_schemas(self) -> None:
        messages = {each["name"]: each for each in ASYNCAPI["components"]["messages"].values()}
        told = [message for service in story.STORIES for message in story.messages(service)]
        for message in [*told, *story.commands(), story.hand_over(), story.refusal()]:
            self.validate(messages[message.type]["payload"], story.plain(message))

    def test_a_message_whose_type_differs_from_its_schema_does_not_satisfy_it(self) -> None:
        message = story.plain(story.hand_over())
        payload = ASYNCAPI["components"]["messages"]["CommandRefused"]["payload"]

        assert list(self.validator(payload).iter_errors(message))

    def test_a_real_request_to_send_again_satisfies_its_schema(self) -> None:
        for after in (None, 17):
            request = ResendRequest("intake", "statistics", 3, after).to_outgoing()
            self.validate({"$ref": "#/components/schemas/ResendRequest"}, json.loads(request.body))

    def test_the_marker_is_named_as_services_name_it(self) -> None:
        assert ASYNCAPI["components"]["messages"]["LogPosition"]["name"].endswith(f".{MARKER}")

    def validator(self, schema: Any) -> Draft202012Validator:
        return Draft202012Validator({**schema, "components": ASYNCAPI["components"]})

    def validate(self, schema: Any, value: Any) -> None:
        self.validator(schema).validate(value)


class TestSchemas:
    @pytest.mark.parametrize("name", [name for name in MADE if name.endswith(".json")])
    def test_each_is_a_json_schema(self, name: str) -> None:
        Draft202012Validator.check_schema(json.loads(MADE[name]))

    def test_a_schema_is_identified_by_the_dataschema_of_its_messages(self) -> None:
        for contract in ALL.values():
            schema = json.loads(MADE[f"schemas/{contract.type}.v{contract.version}.json"])
            assert schema["$id"] == contract.dataschema

    def test_commands_refuse_unknown_fields_and_events_pass_over_them(self) -> None:
        for contract in ALL.values():
            schema = json.loads(MADE[f"schemas/{contract.type}.v{contract.version}.json"])
            assert ("additionalProperties" in schema) == (contract.service == "command")

    def test_no_pattern_is_written_as_only_python_reads_it(self) -> None:
        assert not [name for name, text in MADE.items() if re.search(r"\\[ZA]\b", text)]

    def test_the_envelope_holds_every_attribute_that_a_message_can_have(self) -> None:
        every = {
            name
            for service in story.STORIES
            for each in story.messages(service)
            for name in story.plain(each)
        }

        assert every <= set(ATTRIBUTES)


class TestProblems:
    def test_a_code_means_one_thing(self) -> None:
        codes = [one.problem.code for one in problems.problems()]

        assert len(set(codes)) == len(codes)

    def test_codes_are_kebab_case_and_sentences_stand_in_both_languages(self) -> None:
        for one in problems.problems():
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.problem.code)
            assert 400 <= one.problem.status < 600
            said = [set(re.findall(r"\{(\w+)", text)) for text in (one.problem.vi, one.problem.en)]
            # A fact may itself be a sentence in each language.
            assert said[0] - {"vi"} == said[1] - {"en"}

    def test_what_any_operation_refuses_stands_in_the_table(self) -> None:
        listed = {one.problem for one in problems.problems()}

        for service in SERVICES:
            for operation in operations_of(service):
                assert set(operation.problems()) <= listed
