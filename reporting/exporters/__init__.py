"""The forms that a report can be had in. Each module has `render(content) -> bytes` and knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its ending, what it is called in an address and to a reader, and which module makes it."""

    ending: str
    address: str
    label: str
    content_type: str
    module: str

    def render(self, content: Mapping[str, Any]) -> bytes:
        """The file. What makes it is loaded first now: a web server that never does has no use for it."""
        module: Any = import_module(f".{self.module}", __name__)
        made: bytes = module.render(content)
        return made


FORMS = (
    Form("xlsx", "excel", "Excel", f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    Form("pdf", "pdf", "PDF", "application/pdf", "pdf"),
    Form("docx", "word", "Word", f"{_OFFICE}.wordprocessingml.document", "docx"),
    Form("csv", "csv", "CSV", "text/csv; charset=utf-8", "tidy"),
    Form("json", "json", "JSON", "application/json", "machine"),
)
BY_ENDING = {form.ending: form for form in FORMS}
BY_ADDRESS = {form.address: form for form in FORMS}
