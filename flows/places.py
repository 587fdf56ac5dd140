"""The place question, the same wherever a place is needed: free words, then a read-back."""

from dataclasses import dataclass

from flows.identity_numbers import mask_identity_numbers
from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Node, Option, Pick, Say, Scene, Slots


def place_questions(
    name: str, *, text: str, then: str, unknown: str, skip: str | None, slots: Slots | None = None
) -> dict[str, Node]:
    """Nodes that fill `{name}_code` and `{name}_name` (and keep `{name}_words` as typed).

    `unknown` is where somebody goes whose words fit no place; `skip` is the label's text key of
    a way past the question, leading to the same node.
    """
    place = _Answers(
        f"{name}_words",
        f"{name}_code",
        f"{name}_name",
        f"{name}_village_words",
        f"{name}_village_asked",
    )
    return {
        f"{name}_ask": Ask(
            text,
            place.words,
            f"{name}_find",
            read_words,
            slots=slots,
            skip=Choice("skip", skip, unknown) if skip else None,
        ),
        f"{name}_find": Decide(
            place.find,
            {"one": f"{name}_check", "several": f"{name}_which", "none": f"{name}_none"},
        ),
        f"{name}_which": Pick(
            "place.which",
            place.options,
            place.code,
            f"{name}_chosen",
            other=Choice("other", "common.none_of_these", f"{name}_none"),
            free=f"{name}_more",
        ),
        f"{name}_chosen": Decide(place.chosen, {"one": f"{name}_near", "none": f"{name}_none"}),
        f"{name}_check": Choose(
            "place.read_back",
            (Choice("yes", "common.yes", f"{name}_near"), Choice("no", "common.no", f"{name}_ask")),
            slots=place.read_back,
        ),
        f"{name}_none": Choose(
            "place.unknown",
            (Choice("again", "place.again", f"{name}_ask"), Choice("skip", "place.skip", unknown)),
            free=f"{name}_more",  # "Coba tulis ..." is answered by writing
        ),
        f"{name}_more": Decide(
            place.more,
            {"one": f"{name}_check", "several": f"{name}_which", "none": f"{name}_none"},
        ),
        **_village(name, place, then),
    }


def _village(name: str, place: "_Answers", then: str) -> dict[str, Node]:
    """A kecamatan is enough to find the office; its village is asked for and may be left out."""
    return {
        f"{name}_near": Decide(place.how_near, {"village": then, "district": f"{name}_village"}),
        f"{name}_village": Ask(
            "place.which_village",
            place.village_words,
            f"{name}_narrow",
            read_words,
            slots=place.read_back,
            skip=Choice("skip", "common.unknown", then),
        ),
        f"{name}_narrow": Decide(
            place.narrow,
            {"next": then, "again": f"{name}_village_again", "without": f"{name}_village_left"},
        ),
        f"{name}_village_again": Say(
            "place.no_such_village", f"{name}_village", slots=place.read_back
        ),
        f"{name}_village_left": Say("place.district_will_do", then, slots=place.read_back),
    }


@dataclass(frozen=True, slots=True)
class _Answers:
    """The names of one place's answers, and what the nodes do with them."""

    words: str
    code: str
    label: str
    village_words: str
    village_asked: str
    """Its words were no village of the kecamatan once."""

    def find(self, scene: Scene) -> str:
        answer = scene.ports.find_place(scene.answers.get(self.words, ""))
        scene.answers.pop(self.code, None)  # a place that was given before is no longer meant
        scene.answers.pop(self.label, None)
        if answer.place:
            scene.answers[self.code] = answer.place.code
            scene.answers[self.label] = answer.place.name
            return "one"
        return "several" if answer.ask else "none"

    def more(self, scene: Scene) -> str:
        """What was left out is added to the words before ("baosan", then "ngrayun ponorogo"), or
        it is the whole place. Words of no place are kept with the others."""
        before, added = scene.answers.get(self.words, ""), " ".join(scene.words.split())
        both = f"{before}, {mask_identity_numbers(added)}"[:1000]
        for words in (both, mask_identity_numbers(added)[:1000]):
            scene.answers[self.words] = words
            if (found := self.find(scene)) != "none":
                return found
        scene.answers[self.words] = both
        return "none"

    def options(self, scene: Scene) -> tuple[Option, ...]:
        asked = scene.ports.find_place(scene.answers.get(self.words, "")).ask
        return tuple(Option(place.code, place.name) for place in asked[:4])

    def chosen(self, scene: Scene) -> str:
        place = scene.ports.place(scene.answers.get(self.code, ""))
        scene.answers[self.label] = place.name if place else ""
        return "one" if place else "none"

    def how_near(self, scene: Scene) -> str:
        """A kecamatan is enough to find the office, a village to find its own officer."""
        place = scene.ports.place(scene.answers[self.code])
        return "district" if place and place.level == "district" else "village"

    def narrow(self, scene: Scene) -> str:
        """The village if the list has it there. Other words are no village: they are asked for once
        more, then the kecamatan stays alone."""
        answers, village = scene.answers, scene.answers.pop(self.village_words)
        found = scene.ports.find_place(f"desa {village}, {answers[self.label]}").place
        if found and found.level == "village" and found.code.startswith(answers[self.code] + "."):
            answers[self.code], answers[self.label] = found.code, found.name
            return "next"
        if answers.pop(self.village_asked, ""):
            return "without"
        answers[self.village_asked] = "yes"
        return "again"

    def read_back(self, scene: Scene) -> dict[str, str]:
        return {"place": scene.answers[self.label]}


def read_words(text: str, _: Scene) -> str:
    return some_words(text)


def some_words(text: str) -> str:
    """Any words of at least two letters, a NIK in them hidden; a lone emoji is asked for again."""
    kept = mask_identity_numbers(" ".join(text.split()))
    if sum(letter.isalnum() for letter in kept) < 2:
        raise AskAgain("common.need_words")
    return kept[:1000]
