"""The place question, the same wherever a place is needed: free words, then a read-back."""

from flows.nodes import Ask, AskAgain, Choice, Choose, Decide, Node, Option, Pick, Scene


def place_questions(
    name: str, *, text: str, then: str, unknown: str, skip: str | None
) -> dict[str, Node]:
    """Nodes that fill `{name}_code` and `{name}_name` (and keep `{name}_words` as typed).

    `unknown` is where somebody goes whose words fit no place; `skip` is the label's text key of
    a way past the question, leading to the same node.
    """
    words, code, label = f"{name}_words", f"{name}_code", f"{name}_name"

    def find(scene: Scene) -> str:
        answer = scene.ports.find_place(scene.answers.get(words, ""))
        scene.answers.pop(code, None)  # a place that was given before is no longer meant
        scene.answers.pop(label, None)
        if answer.place:
            scene.answers[code], scene.answers[label] = answer.place.code, answer.place.name
            return "one"
        return "several" if answer.ask else "none"

    def options(scene: Scene) -> tuple[Option, ...]:
        asked = scene.ports.find_place(scene.answers.get(words, "")).ask
        return tuple(Option(place.code, place.name) for place in asked[:4])

    def chosen(scene: Scene) -> str:
        place = scene.ports.place(scene.answers.get(code, ""))
        scene.answers[label] = place.name if place else ""
        return "one" if place else "none"

    def how_near(scene: Scene) -> str:
        """A kecamatan is enough to find the office, a village to find its own officer."""
        place = scene.ports.place(scene.answers[code])
        return "district" if place and place.level == "district" else "village"

    def narrow(scene: Scene) -> str:
        """The village if the list has it there; else the kecamatan stays and the words are kept."""
        village = scene.answers[f"{name}_village_words"]
        found = scene.ports.find_place(f"desa {village}, {scene.answers[label]}").place
        if found and found.level == "village" and found.code.startswith(scene.answers[code] + "."):
            scene.answers[code], scene.answers[label] = found.code, found.name
        else:
            scene.answers[label] = f"{village}, {scene.answers[label]}"
        return "next"

    def read_back(scene: Scene) -> dict[str, str]:
        return {"place": scene.answers[label]}

    return {
        f"{name}_ask": Ask(
            text,
            words,
            f"{name}_find",
            read_words,
            skip=Choice("skip", skip, unknown) if skip else None,
        ),
        f"{name}_find": Decide(
            find,
            {"one": f"{name}_check", "several": f"{name}_which", "none": f"{name}_none"},
        ),
        f"{name}_which": Pick(
            "place.which",
            options,
            code,
            f"{name}_chosen",
            other=Choice("other", "common.none_of_these", f"{name}_none"),
        ),
        f"{name}_chosen": Decide(chosen, {"one": f"{name}_near", "none": f"{name}_none"}),
        f"{name}_check": Choose(
            "place.read_back",
            (Choice("yes", "common.yes", f"{name}_near"), Choice("no", "common.no", f"{name}_ask")),
            slots=read_back,
        ),
        f"{name}_near": Decide(how_near, {"village": then, "district": f"{name}_village"}),
        f"{name}_village": Ask(
            "place.which_village",
            f"{name}_village_words",
            f"{name}_narrow",
            read_words,
            slots=read_back,
            skip=Choice("skip", "common.unknown", then),
        ),
        f"{name}_narrow": Decide(narrow, {"next": then}),
        f"{name}_none": Choose(
            "place.unknown",
            (Choice("again", "place.again", f"{name}_ask"), Choice("skip", "place.skip", unknown)),
        ),
    }


def read_words(text: str, scene: Scene) -> str:
    """Any words of at least two letters; a picture or a lone emoji is asked for again."""
    kept = " ".join(text.split())
    if sum(letter.isalnum() for letter in kept) < 2:
        raise AskAgain("common.need_words")
    return kept[:1000]
