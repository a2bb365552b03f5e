"""Every key of the language: the tables that the reader checks a file against and the editor's schema is made from."""

from __future__ import annotations

from callsheet.document.shape import (
    ANYTHING,
    FLAG,
    NAME_PATTERN,
    NUMBER,
    SCALAR,
    TEXT,
    Key,
    Shape,
    Table,
    choice,
    either,
    integer,
    is_template,
    list_of,
    mapping_of,
    nullable,
    table,
)

MAX_INSTANCES = 1_000
MOST_TAKES = 10_000
PARAM_TYPES = ("text", "integer", "number", "boolean", "image", "video", "audio")

_NAME = {"type": "string", "pattern": f"^{NAME_PATTERN}$"}
_ID = {"type": ["string", "number", "boolean"]}
_IDS = list_of(_ID, "a list of ids")
_NAMES = {"type": "array", "items": _NAME, "uniqueItems": True}
_COMBINATION = {"type": "object", "additionalProperties": {"anyOf": [_ID, _IDS.schema]}, "minProperties": 1}
_ENTRIES = list_of(_COMBINATION, "a list of mappings from axes to ids")
_POSITIVE = integer(1)


def _names(expected: str) -> Shape:
    return list_of(_NAME, expected)


PARAM = Table(
    "a param",
    {
        "type": Key(choice(*PARAM_TYPES), "Type of the value; without it, that of the default."),
        "default": Key(ANYTHING, "Value where none is given; a param without one must be given."),
        "minimum": Key(NUMBER, "Smallest value of an integer or number."),
        "maximum": Key(NUMBER, "Largest value of an integer or number."),
        "enum": Key(list_of(SCALAR.schema, "a list of values"), "The values there are to choose from."),
        "description": Key(TEXT, "What the param is for."),
    },
)

_UNPICKED = Key(
    choice("first", "hold"),
    "What goes on while no take is picked: `first` (the default) the first take, `hold` nothing.",
)
_ORDERED = Key(FLAG, "Whether the ids stand in an order, so that each may use the one before it.")

TAKES = Table(
    "a takes axis",
    {
        "takes": Key(
            either(
                f"an integer from 1 to {MOST_TAKES} or a list of names",
                integer(1, MOST_TAKES),
                _IDS,
            ),
            "Alternates of the same shot: how many, or their names. The one kind of axis that varies seeds.",
            required=True,
        ),
        "unpicked": _UNPICKED,
    },
)

SEEDS = Table(
    "a seeds axis",
    {
        "seeds": Key(
            list_of(_POSITIVE.schema, "a list of integers of at least 1"),
            "Alternates of the same shot, one for each of these seeds.",
            required=True,
        ),
        "unpicked": _UNPICKED,
    },
)

FROM = Table(
    "an axis from data",
    {
        "from": Key(TEXT, "CSV, JSON or YAML file with one row per id; `params` can be used in it.", required=True),
        "id": Key(TEXT, "Column that holds the ids; `id` unless given."),
        "at": Key(TEXT, "JSON pointer to the rows in a JSON or YAML file."),
        "where": Key(either("text or a boolean", TEXT, FLAG), "Expression that says which rows are taken."),
        "types": Key(
            mapping_of({"enum": list(PARAM_TYPES)}, "a mapping from columns to types"),
            "Types of CSV columns that are not text.",
        ),
        "slug": Key(FLAG, "Make ids out of texts that are none."),
        "ordered": _ORDERED,
    },
)

ORDERED = Table(
    "an ordered axis",
    {"ordered": Key(_IDS, "Ids in an order in which each may use the one before it.", required=True)},
)
ORDER = either("a list of ids, or `true` or `false` beside records", _IDS, FLAG)

AXIS_FORMS = {"takes": TAKES, "seeds": SEEDS, "from": FROM}
"""The key by which each form of an axis is told apart from a mapping of records, and its table."""

_RECORD = {"type": ["object", "null"]}
_RECORDS = Shape(
    "a mapping",
    "mapping",
    lambda item: item.is_mapping,
    {
        **mapping_of(_RECORD).schema,
        "properties": {"ordered": {"type": ["object", "boolean"], "description": _ORDERED.about}},
    },
)
_ANY_AXIS = Shape(
    "a list of ids or a mapping",
    "list",
    lambda item: item.is_sequence or item.is_mapping,
    {"type": ["array", "object"]},
)
AXIS = either(
    "a list of ids or a mapping",
    _IDS,
    table(TAKES),
    table(SEEDS),
    table(FROM),
    table(ORDERED),
    _RECORDS,
)

TEXT_FILES = Table(
    "`text`",
    {
        "files": Key(
            TEXT,
            'Path of the message files, with the axis in braces: "text/{language}.yaml".',
            required=True,
        ),
        "axis": Key(TEXT, "The axis whose ids are languages.", required=True),
        "fallback": Key(TEXT, "Language to look in when a language and its parents lack a message."),
    },
)

NODE_SEED = Table(
    "`seed`",
    {
        "pin": Key(_POSITIVE, "The seed of the first take; further ones are derived from it."),
        "vary": Key(_names("a list of axes"), "Axes that draw seeds of their own."),
    },
)

MAKERS = ("route", "intent", "step", "use")
"""The keys of which a node has exactly one."""

NOT_WITH_USE = {
    "input": "what goes in is given to its params, by `with`",
    "seed": "its seeds are derived from this file's root seed and the node's name",
    "publish": "its own nodes say where their files go",
    "advice": "its own nodes say whether they want advice",
    "allow_cut": "its own nodes say whether a voice may be cut",
    "fallback": "its own nodes have the routes",
}
"""Keys that a node which uses a pipeline can't have, each with the reason."""

_INPUT = Shape(
    "a mapping",
    "mapping",
    lambda item: item.is_mapping or is_template(item),
    {"type": ["object", "string"], "pattern": "\\{[{%]"},
)

FALLBACK = Table(
    "a fallback",
    {
        "route": Key(TEXT, "Id of the hosted model to try in place of the one before.", required=True),
        "input": Key(mapping_of({}), "Laid over the node's `input`; null takes a field away."),
    },
)

NODE = Table(
    "a node",
    {
        "route": Key(TEXT, "Id of the hosted model that makes this node."),
        "intent": Key(TEXT, "What the node is for; the catalogue chooses the route."),
        "step": Key(TEXT, "Name of the local step that makes this node."),
        "use": Key(TEXT, "Pipeline file that makes this node, or `callsheet:NAME` for a ready-made one."),
        "over": Key(_names("a list of axes"), "The axes this node fans out over; once per combination of their ids."),
        "input": Key(_INPUT, "What goes in: canonical or native fields of the route, or fields of the step."),
        "with": Key(
            mapping_of({}, "a mapping from params to values", names=NAME_PATTERN),
            "Values for the params of the pipeline that is used.",
        ),
        "seed": Key(
            either("an integer of at least 1 or a mapping with `pin` and `vary`", _POSITIVE, table(NODE_SEED)),
            "Pins the seed, or lets further axes vary it.",
        ),
        "when": Key(SCALAR, "Expression that says whether an instance is made."),
        "needs": Key(_names("a list of nodes"), "Nodes that must be done before this one, without their data."),
        "publish": Key(TEXT, "Path of the finished file below the output folder."),
        "tags": Key(list_of({"type": "string"}, "a list of tags"), "Words to select this node by."),
        "advice": Key(either("`on` or `off`", choice("on", "off"), FLAG), "`off` silences advice about this node."),
        "allow_cut": Key(FLAG, "Allow a clip that is shorter than its voice."),
        "fallback": Key(
            list_of(FALLBACK.schema(), "a list of fallbacks"), "Routes to try after a definite failure, in turn."
        ),
        "was": Key(TEXT, "Earlier name of this node, whose seeds and picks it keeps."),
        "description": Key(TEXT, "What the node is."),
    },
)

_ONE_MAKER = {"oneOf": [{"required": [maker]} for maker in MAKERS if not NODE.keys[maker].later]}
_NODES = mapping_of({**NODE.schema(), **_ONE_MAKER}, names=NAME_PATTERN)
_PARAMS = mapping_of({"anyOf": [SCALAR.schema, PARAM.schema()]}, names=NAME_PATTERN)
_AXES = mapping_of(AXIS.schema, names=NAME_PATTERN)
_ONLY = mapping_of({"anyOf": [_ID, _IDS.schema]}, "a mapping from axes to ids")
_DEFAULTS = mapping_of({})


_ID_OR_IDS = either("an id or a list of ids", Shape("an id", "any", SCALAR.accepts, _ID), _IDS)


def _part_of_node() -> Shape:
    """What a profile may say of a node: any of its keys, null to take one away."""
    keys = {name: Key(nullable(key.shape), key.about, later=key.later) for name, key in NODE.keys.items()}
    return nullable(table(Table(NODE.of, keys)))


def _parts(of: Shape, names: str | None = None) -> Shape:
    return nullable(mapping_of(nullable(of).schema, names=names))


PROFILE = Table(
    "a profile",
    {
        "params": Key(mapping_of(nullable(SCALAR).schema, names=NAME_PATTERN), "Values of params."),
        "defaults": Key(_parts(ANYTHING), "Laid over the pipeline's `defaults`."),
        "axes": Key(_parts(_ANY_AXIS, NAME_PATTERN), "Laid over the pipeline's `axes`."),
        "nodes": Key(_parts(_part_of_node(), NAME_PATTERN), "Laid over the pipeline's `nodes`."),
        "exclude": Key(nullable(_ENTRIES), "In place of the pipeline's `exclude`."),
        "only": Key(_parts(_ID_OR_IDS), "Laid over the pipeline's `only`."),
        "seed": Key(nullable(_POSITIVE), "In place of the pipeline's `seed`."),
    },
)

PIPELINE = Table(
    "a pipeline",
    {
        "callsheet": Key(integer(1), "Version of the language: 1.", required=True),
        "name": Key(TEXT, "Name of the campaign.", required=True),
        "description": Key(TEXT, "What the campaign is."),
        "seed": Key(_POSITIVE, "Root seed: every seed is derived from it unless pinned."),
        "params": Key(_PARAMS, "Values that `--param` can change: a default, or a mapping with its type."),
        "axes": Key(_AXES, "What the campaign fans out over, in this order."),
        "exclude": Key(_ENTRIES, "Combinations to leave out; a partial match drops all that match."),
        "include": Key(_ENTRIES, "Combinations to restore after `exclude`."),
        "only": Key(_ONLY, "Ids to keep, per axis."),
        "text": Key(table(TEXT_FILES), "Message files per language, for `text.<key>` in templates."),
        "defaults": Key(_DEFAULTS, "Fields for every route node whose route has them."),
        "profiles": Key(mapping_of(PROFILE.schema()), "Variants of this file, laid over it by `--profile NAME`."),
        "max_instances": Key(_POSITIVE, f"Most instances that a plan may have; {MAX_INSTANCES} unless given."),
        "nodes": Key(_NODES, "What is made, and how.", required=True),
        "outputs": Key(
            mapping_of({}, names=NAME_PATTERN), "What a pipeline that uses this one can see of it, by name."
        ),
    },
)
