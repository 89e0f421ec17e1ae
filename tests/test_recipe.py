from pathlib import Path

import pytest

from chinwag.errors import ChinwagError, UsageError
from chinwag.recipe import PRESETS, Recipe, Split, check, load, presets
from chinwag.rendering import Rendering

EMPTY = Recipe(
    exclude_sources=(),
    quotes=True,
    turns=Rendering("placeholder", "keep", "alone", "none", ("email", "phone", "card", "account", "ip")),
    filters={},
    split=Split(validation=0.05, test=0.05, authors=False),
    exports={"oasst": {}, "messages": {}, "prompts": {}},
)

EVERYTHING = """
exclude_sources = ["x-api", "twint"]
quotes = false
[turns]
mentions = "keep"
links = "remove"
media = "alt"
quoted = "text"
redact = ["phone"]

[filters.sensitive]

[filters.language]
keep = ["en", "ja"]

[filters.incomplete]

[split]
validation = 0.1
test = 0
authors = true

[exports.messages]
"""


def test_an_empty_recipe_drops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.touch()
    assert load(path) == EMPTY == Recipe()


@pytest.mark.parametrize("name", presets())
def test_a_preset(name: str) -> None:
    assert load(Path(name)) == load(PRESETS / f"{name}.toml") != EMPTY
    assert presets()[name].endswith(".")
    assert next(iter(load(Path(name)).filters)) == "marks"  # what was marked counts without more ado


def test_without_a_recipe_it_is_the_default_preset() -> None:
    assert load(None) == load(Path("default"))


def test_a_file_in_the_folder_goes_before_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "oasst").touch()
    assert load(Path("oasst")) == EMPTY


def test_every_option(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(EVERYTHING)
    recipe = load(path)
    assert recipe == Recipe(
        exclude_sources=["x-api", "twint"],
        quotes=False,
        turns=Rendering("keep", "remove", "alt", "text", ("phone",)),
        filters={"sensitive": {}, "language": {"keep": ["en", "ja"]}, "incomplete": {}},
        split=Split(validation=0.1, test=0, authors=True),
        exports={"messages": {}},
    )
    assert list(recipe.filters) == ["sensitive", "language", "incomplete"]


MISTAKES = {
    "quote = true": "recipe.toml: no key is called 'quote'; do you mean quotes?",
    "zzz = 1": "recipe.toml: no key is called 'zzz'; there are: "
    "quotes, exclude_sources, columns, turns, filters, split, exports",
    "quotes = 1": "recipe.toml: quotes: Expected `bool`, got `int`",
    "turns = 3": "recipe.toml: turns: Expected `table`, got `int`",
    "turns.mention = 3": "recipe.toml: turns: no key is called 'mention'; do you mean mentions?",
    "turns.mentions = 3": "recipe.toml: turns.mentions has to be one of 'placeholder', 'keep'",
    "turns.media = 'drop'": "recipe.toml: turns.media has to be one of 'alone', 'kind', 'alt', 'none'",
    "turns.redact = 'email'": "recipe.toml: turns.redact: Expected `array`, got `str`",
    "turns.redact = ['mail']": "recipe.toml: turns.redact: no kind is called 'mail'; do you mean email?",
    "split.authors = 1": "recipe.toml: split.authors: Expected `bool`, got `int`",
    "filters = ['sensitive']": "recipe.toml: filters: Expected `table`, got `array`",
    "[filters]\nsensitive = true": "recipe.toml: filters.sensitive: Expected `table`, got `bool`",
    "[filters.sensitiv]": "recipe.toml: filters: no filter is called 'sensitiv'; do you mean sensitive?",
    "[filters.language]": "recipe.toml: filters.language: keep has to be given",
    "[filters.language]\nkeep = 'en'": "recipe.toml: filters.language.keep: Expected `array`, got `str`",
    "[filters.language]\nkeep = [1]": "recipe.toml: filters.language.keep: Expected `str`, got `int` - at `$[0]`",
    "[filters.language]\nkep = ['en']": "recipe.toml: filters.language: no option is called 'kep'; do you mean keep?",
    "exclude_sources = 'x-api'": "recipe.toml: exclude_sources: Expected `array`, got `str`",
    "exclude_sources = [1]": "recipe.toml: exclude_sources: Expected `str`, got `int` - at `$[0]`",
    "exclude_sources = ['x_api']": "recipe.toml: exclude_sources: no source or terms is called 'x_api'; "
    "do you mean x-api?",
    "[columns]\nid = 'a'": "recipe.toml: columns: text has to be given",
    "[columns]\nid = 'a'\ntext = 5": "recipe.toml: columns: text: the name of a column is missing",
    "[columns]\nid = 'a'\ntxt = 'b'": "recipe.toml: columns: no column of sightings is called 'txt'; do you mean text?",
    "[filters.sensitive]\nx = 1": "recipe.toml: filters.sensitive: no option is called 'x'; there are: none",
    "split = 0.1": "recipe.toml: split: Expected `table`, got `float`",
    "[split]\ntests = 0.1": "recipe.toml: split: no key is called 'tests'; do you mean test?",
    "[split]\ntest = '5%'": "recipe.toml: split.test: Expected `float`, got `str`",
    "[split]\ntest = true": "recipe.toml: split.test: Expected `float`, got `bool`",
    "[split]\ntest = 1.0": "recipe.toml: split.test has to be from 0 up to 1",
    "[split]\ntest = -0.1": "recipe.toml: split.test has to be from 0 up to 1",
    "[split]\ntest = nan": "recipe.toml: split.test has to be from 0 up to 1",
    "[split]\nvalidation = 0.5\ntest = 0.5": "recipe.toml: split: nothing is left for training",
    "[exports.mesages]": "recipe.toml: exports: no export is called 'mesages'; do you mean messages?",
    "[exports.messages]\ndepth = 3": "recipe.toml: exports.messages: no option is called 'depth'; do you mean paths?",
    "quotes = yes": "recipe.toml: no TOML: Invalid value (at line 1, column 10)",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("recipe.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load(Path("recipe.toml"))
    assert str(caught.value) == MISTAKES[text]


def test_a_recipe_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_bytes(b"quotes = \xff")
    with pytest.raises(UsageError, match="no TOML"):
        load(path)


def test_a_recipe_that_cannot_be_read(tmp_path: Path) -> None:
    for path, why in [(tmp_path / "missing.toml", "No such file or directory"), (tmp_path, "Is a directory")]:
        with pytest.raises(ChinwagError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {why}"
        assert not isinstance(caught.value, UsageError)


def test_only_the_share_that_is_given_changes() -> None:
    assert check({"split": {"test": 0.2}}, "here").split == Split(validation=0.05, test=0.2)
