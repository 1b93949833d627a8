"""The registry of publishers: a YAML file in, who may say what and who comes first out.

The file is a list of `{name, rank, streams: […], platforms: […]}`. Of two publishers that state one fact the smaller rank counts,
then the name; who is not registered comes after all who are.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.events import topics
from shared.events.values import Text

UNREGISTERED_RANK = 2**31 - 1
_STREAM = "^(" + "|".join(topics.STREAMS) + ")$"


class InvalidPublishers(ValueError):
    """The registry of publishers cannot be used; the message says where and why."""


class Publisher(BaseModel):
    """A registered publisher. Onboarding events may name its own name as platform, and those listed here."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    name: Annotated[str, Field(pattern=f"^{topics.PUBLISHER}$")]
    rank: Annotated[int, Field(ge=0, lt=UNREGISTERED_RANK)]
    streams: list[Annotated[str, Field(pattern=_STREAM)]]
    platforms: list[Text] = []


@dataclass(frozen=True, slots=True)
class Publishers:
    """All registered publishers, by name."""

    by_name: dict[str, Publisher]

    def registered(self, name: str) -> bool:
        """Whether the registry knows this publisher."""
        return name in self.by_name

    def speaks_on(self, name: str, stream: str) -> bool:
        """Whether the registry has this publisher on this stream."""
        publisher = self.by_name.get(name)
        return publisher is not None and stream in publisher.streams

    def rank_of(self, name: str) -> int:
        """The smaller comes first."""
        publisher = self.by_name.get(name)
        return publisher.rank if publisher else UNREGISTERED_RANK

    def may_speak_for(self, name: str, platform: str) -> bool:
        """Whether onboarding events of this publisher may name this platform."""
        publisher = self.by_name.get(name)
        return platform == name or (publisher is not None and platform in publisher.platforms)

    def topics(self) -> list[str]:
        """The names of all topics in which registered publishers speak."""
        return sorted(topics.inbound(stream, publisher.name) for publisher in self.by_name.values() for stream in publisher.streams)


_LIST = TypeAdapter(list[Publisher])


def load(path: Path | str) -> Publishers:
    """The registry in a file; an empty file registers nobody."""
    try:
        return parse(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidPublishers(f"{path} cannot be read: {error}") from error
    except InvalidPublishers as error:
        raise InvalidPublishers(f"{path}: {error}") from error


def parse(content: Any) -> Publishers:
    """The registry that a parsed file describes."""
    try:
        publishers = _LIST.validate_python([] if content is None else content)
    except ValidationError as error:
        raise InvalidPublishers("; ".join(_sentence(content, problem) for problem in error.errors(include_url=False))) from error
    if twins := _twice(publisher.name for publisher in publishers):
        raise InvalidPublishers(f"registered twice: {', '.join(twins)}")
    return Publishers({publisher.name: publisher for publisher in publishers})


def _sentence(content: Any, problem: Any) -> str:
    if not problem["loc"]:
        return f"not a list of publishers: {problem['msg']}"
    number, *members = problem["loc"]
    entry = content[number]
    name = entry.get("name", "without name") if isinstance(entry, dict) else f"number {number + 1}"
    return f"publisher {name}, {'.'.join(map(str, members)) or 'as a whole'}: {problem['msg']}"


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)
