"""A contract for import-linter, whose own ones cannot name modules by a part of their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class TestModulesContract(Contract):
    """What several test modules need lives in a support module, so that each of them can change alone."""

    type_name = "test_modules"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter passes it
        tests = [module for module in graph.modules if module.rpartition(".")[2].startswith("test_")]
        found = [(importer, test) for test in tests for importer in graph.find_modules_that_directly_import(test)]
        return ContractCheck(kept=not found, metadata={"imports": sorted(found)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, test in check.metadata["imports"]:
            output.print_error(f"{importer} imports {test}")
