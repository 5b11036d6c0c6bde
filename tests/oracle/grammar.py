# SPDX-License-Identifier: MIT
"""The rules random statements are made by.

<rule> stands for one of the alternatives of a rule, or for what Phrases makes of the word;
<list|tuple> for a bound name of one of these types.  An alternative may be repeated to be more
frequent.  Below the last level of nesting <expr> is an <atom>.
"""

EXPRESSIONS = {
    "expr": "<atom>|<atom>|<display>|<display>|<part>|<arithmetic>|<comparison>|<logic>|<conversion>|<asked>|<call>|<method>".split("|"),
    "atom": ["<any>", "<any>", "<constant>"],
    "constant": [
        "<number>", "<number>", "<word>", "<octets>", "None", "()", "-<digit>", "<digit> + 300", "<word> * <digit>",
        "<word> + <word>", "(<number>, <word>)", "(<number>, (<word>, <number>))", "(<number>, <word>)[<index>]",
    ],
    "key": [
        "<digit>", "<word>", "<word>", "<octets>", "1.0", "None", "True", "500", "(1, 'two')", "frozenset((1,))",
        "<int|str|float|bytes|tuple|frozenset>", "<instance>",
    ],
    "display": [
        "[]", "[<expr>]", "[<expr>, <expr>]", "[<expr>, <atom>, <expr>, <atom>]", "[<number>, <word>, <number>]",
        "(<expr>,)", "(<expr>, <expr>)", "(<atom>, <expr>, <atom>)", "{}", "{<key>: <expr>}",
        "{<key>: <expr>, <key>: <atom>, <key>: <expr>}", "{<word>: <atom>, <word>: <number>}", "{<key>}",
        "{<key>, <key>}", "{<number>, <word>, <number>}", "set(<ordered>)", "frozenset(<ordered>)", "[<set>]",
    ],
    "part": [
        "<list|tuple|str|bytes>[<index>]", "<list|tuple|str|bytes>[<index>]", "<list|tuple>[<digit>][<index>]",
        "<list|tuple|str|bytes>[<slice>]", "<list|tuple|str|bytes>[<slice>]", "<dict>[<key>]", "<dict>[<key>]",
        "<dict>.get(<key>)", "<dict>.get(<key>, <any>)", "<instance>.<attribute>", "<instance>.<attribute>",
        "<any>[<atom>]",
    ],
    "bound_of_slice": ["", "<index>"],
    "slice": [
        "<bound_of_slice>:<bound_of_slice>", "<bound_of_slice>:<bound_of_slice>",
        "<bound_of_slice>:<bound_of_slice>:<step>",
    ],
    "step": ["1", "2", "-1", "-2", "-1", "None", "0"],
    "attribute": ["left", "right", "value"],
    "arithmetic": [
        "<int|float|bool> + <number>", "<int|float|bool> - <number>", "<only int|float|bool> * <digit>", "<int|float|bool> * <positive>",
        "<int|float|bool> // <number>", "<int|float|bool> / <number>",
        "len(<list|str|dict>) % <number>", "<number> % <number>",
        "<number> // <int|float|bool>", "<number> % <int|float|bool>", "-<int|float|bool>", "<list> + <list>",
        "<tuple> + <tuple>", "<str> + <word>", "<bytes> + <octets>", "<only list|str|tuple> * <times>",
        "<bytes> * <positive>", "<times> * <only list|tuple>", "<any> + <any>", "<any> - <number>",
    ],
    "positive": ["1", "2", "3", "True"],
    "times": ["-1", "0", "1", "2", "True"],
    "order": ["<", "<=", ">", ">="],
    "comparison": [
        "<any> is <whole>", "<whole> is not <any>", "<any> is <whole> is not <any>", "id(<whole>) == id(<any>)",
        "<any> == <expr>", "<any> != <any>", "<any> == <any> == <any>", "<any> <order> <any>",
        "<int|float|bool> <order> <number>", "<number> <= <int|float> < <number>",
        "<list|tuple> <order> <list|tuple>", "<str> <order> <str>", "<bytes> <order> <bytes>",
        "<set|frozenset> <order> <set|frozenset>", "<key> in <list|tuple|dict|set|frozenset>",
        "<any> not in <list|tuple|dict|set>", "<word> in <str>", "<octets> in <bytes>", "<any> in <any>",
        "<int|str> in [1, 2, 'spam']", "type(<any>) is <type>", "type(<any>) is type(<any>)",
    ],
    "logic": [
        "(<expr> and <expr>)", "(<expr> or <expr>)", "(<expr> or <any> and <expr>)", "not <any>",
        "(<expr> if <any> else <expr>)", "(<any> if not <expr> else <atom>)",
    ],
    "conversion": [
        "list(<ordered>)", "tuple(<ordered>)", "list(range(<digit>, <digit>))", "dict(<ordered>)",
        "dict(left=<any>, x=<expr>)", "str(<ordered>)", "repr(<ordered>)", "bool(<expr>)", "int(<int|float|bool>)",
        "float(<int|float|bool>)", "int(<word>)", "float(<word>)", "str(type(<any>))", "<made_empty>()",
        "int('<digit>')", "float('inf')", "-float('inf')", "float('nan')",
    ],
    "made_empty": ["int", "float", "bool", "str", "list", "tuple", "dict", "set", "frozenset"],
    "asked": [
        "sys.getrefcount(<counted>)", "sys.getrefcount(<counted>)", "sys.getrefcount(<counted>)",
        "len(<list|tuple|dict|str|set|bytes|frozenset>)", "len(<any>)", "isinstance(<any>, <type>)",
        "isinstance(<any>, <class>)", "gc.is_tracked(<any>)", "gc.is_tracked(<expr>)",
        "len(gc.get_referents(<only list|tuple|set|frozenset>))", "<stats>", "gc.isenabled()", "gc.get_threshold()",
    ],
    "call": ["<function>(<arguments>)", "<function>(<arguments>)", "<class>()", "<class>(<any>)", "<function>(<any>, <any>, <any>)"],
    "method": [
        "<plain>.upper()", "<plain>.lower()", "<small str>.strip()", "<small str>.split()",
        "<small str>.split(<word>)", "<small str>.find(<word>)", "<small str>.count(<word>)",
        "<small str>.startswith(<word>)", "<small str>.endswith(<word>)", "<small str>.replace(<word>, <word>)",
        "<word>.join(<ordered>)", "<small str>.join([<word>, <str>])", "<small bytes>.upper()",
        "<small bytes>.strip()", "<small bytes>.split()", "<small bytes>.find(<octets>)",
        "<small bytes>.count(<octets>)", "<small bytes>.startswith(<octets>)",
        "<small bytes>.replace(<octets>, <octets>)", "<octets>.join([<octets>, <bytes>])",
        "<list|tuple>.count(<any>)", "<list|tuple>.index(<any>)", "<list|dict|set>.copy()", "sys.intern(<str>)",
        "<any>.<some_method>()", "<small str>.find(<any>)", "<small str>.startswith(<any>)", "<small str>.endswith((<word>, <any>))", "<small str>.split(<any>)",
        "<small str>.replace(<word>, <any>)", "<small str>.index(<word>)",
        "<small bytes>.find(<any>)", "<small str>.count(<any>)",
    ],
    "some_method": ["append", "index", "get", "add", "nothing", "clear", "copy"],
}

STATEMENTS = {
    "statement": (
        ["<assignment>"] * 24 + ["<change>"] * 22 + ["<question>"] * 20 + ["<deletion>"] * 5 + ["<collection>"] * 8
        + ["<referring>"] * 10 + ["<reviving>"] * 2 + ["<saving>"] * 3 + ["<loop>"] * 4 + ["<branch>"] * 3 + ["<def>"] * 4 + ["<name> = <fresh>"] * 4 + ["<printing>"] * 2
    ),
    "assignment": [
        "<name> = <expr>", "<name> = <expr>", "<name> = <expr>", "<name> = <name> = <expr>",
        "<name>, <name> = <any>, <expr>", "<name>, <name> = <name>, <name>",
        "<name>, <name>, <name> = <any>, <any>, <expr>", "<name>, <name> = <ordered>", "<name> = _",
        "<name>, (<name>, <name>) = <any>, <ordered>", "[<name>, <name>] = <expr>, <expr>",
        "<name> = <expr>; <name> = <any>",
    ],
    "change": ["<list_change>", "<list_change>", "<dict_change>", "<set_change>", "<object_change>", "<augmented>"],
    "list_change": [
        "<small list>.append(<expr>)", "<small list>.append(<list|dict>)", "<small list>.insert(<index>, <expr>)",
        "<small list>.pop()", "<small list>.pop(<index>)", "<small list>.remove(<any>)",
        "<small list>[<index>] = <expr>", "del <small list>[<index>]", "del <small list>[<slice>]",
        "<small list>[<slice>] = <ordered>", "<small list>[<slice>] = <small list>", "<small list>.clear()",
        "<small list>.extend(<ordered>)", "<small list>.extend(<small list>)", "<small list>.reverse()",
        "<small list>[<digit>], <name> = <any>, <expr>", "<selfish>",
    ],
    "dict_change": [
        "<small dict>[<key>] = <expr>", "<small dict>[<key>] = <list|dict>", "del <small dict>[<key>]",
        "<small dict>.pop(<key>)", "<small dict>.pop(<key>, <any>)", "<small dict>.setdefault(<key>, <expr>)",
        "<small dict>.setdefault(<key>)", "<small dict>.update(<small dict>)", "<small dict>.clear()",
    ],
    "set_change": [
        "<small set>.add(<key>)", "<small set>.add(<expr>)", "<small set>.discard(<key>)",
        "<small set>.remove(<key>)", "<small set>.update(<ordered>)", "<small set>.update(<small set>)",
        "<single set>.pop()", "<small set>.clear()",
    ],
    "object_change": [
        "<instance>.<attribute> = <expr>", "<instance>.<attribute> = <instance>", "del <instance>.<attribute>",
        "<instance>.<attribute> = <list|dict>",
    ],
    "augmented": [
        "<int|float> += <number>", "<int|float> -= <digit>", "<int|float> *= <positive>", "<int|float> //= <number>",
        "<list> += <ordered>", "<list> += <small list>", "<list> *= <positive>",
        "<tuple> += (<expr>,)", "<str> += <word>", "<small list>[<index>] += <digit>",
        "<small dict>[<key>] += <digit>", "<instance>.<attribute> += <digit>",
        "<instance>.<attribute> += [<any>]", "<any> += <ordered>",
    ],
    "question": [
        "sys.getrefcount(<counted>)", "sys.getrefcount(<counted>)", "sys.getrefcount(<counted>)", "<any>", "<any>",
        "[<any>, sys.getrefcount(<counted>)]", "sys.getrefcount(<counted>), <expr>", "gc.is_tracked(<any>)",
        "<comparison>", "_", "<expr>", "<expr>", "<call>", "<method>", "<asked>", "<part>", "<arithmetic>",
        "_ is <whole>", "assert <any>", "assert <comparison>, <ordered>", "<set|frozenset>",
    ],
    "printing": [
        "print(<any>)", "print(<expr>, <any>)", "print(<ordered>, <any>, sep=<word>)",
        "print(<any>, end='.\\n')", "print()", "print(sys.getrefcount(<counted>), sys.getrefcount(<counted>))",
    ],
    "deletion": ["del <name>", "del <any>", "del <any>, <any>"],
    "fresh": ["<new_list>", "<new_dict>", "<new_set>", "<new_tuple>", "<class>()", "<new_str>", "<display>"],
    "new_list": ["[]", "[<expr>]", "[<any>, <any>]", "[<expr>, <any>, <constant>]", "[[], {}, <any>]"],
    "new_dict": ["{}", "{<key>: <any>}", "{<key>: [], <key>: <expr>}", "{'g': <any>, 'u': {}}", "dict(g=[], u=<any>)"],
    "new_set": ["set()", "{<key>}", "{<key>, <number>}", "set((<number>, <word>))"],
    "new_frozenset": ["frozenset()", "frozenset((<key>, <number>))", "frozenset({<word>})"],
    "new_tuple": ["(<any>, <any>)", "(<expr>,)", "(<number>, <word>)", "([], {}, <any>)", "(<any>, (<expr>, <any>))"],
    "new_int": ["1000", "<number>", "len(<list>) + 300"],
    "new_float": ["3.75", "<number>", "1000 / 3"],
    "new_str": ["<word>", "<word> + <word>", "str(1.25)", "'a b' * <digit>"],
    "new_bytes": ["<octets>", "b'a b' * <positive>"],
    "new_instance": ["<class>()"],
    "collection": [
        "gc.collect()", "gc.collect()", "gc.collect(0)", "gc.collect(1)", "gc.collect(2)", "gc.collect(generation=1)",
        "gc.freeze()", "gc.unfreeze()", "gc.unfreeze(); gc.get_freeze_count()", "gc.collect(<some_generation>)",
        "<thresholds>", "gc.get_threshold()", "<enabling>", "gc.isenabled()", "<stats>",
    ],
    "some_generation": ["3", "-1", "True", "1.0", "None", "'0'"],
    # A weak reference has names of its own, and is the attribute `weak`: nowhere is it a key.
    "referring": [
        "<weak_name> = weakref.ref(<referable>)", "<weak_name> = weakref.ref(<referable>, <callback>)",
        "<weak_name> = weakref.ref(<referable>, <callback>)", "<weak_name> = weakref.ref(<any>)",
        "<weak_name> = weakref.ref(<any>, <callback>)", "<weak_name> = <weak>", "del <weak_name>", "<weak_question>",
        "<weak_question>", "<weak_question>", "<name> = <weak>()", "<instance>.weak = <weak>", "<instance>.weak = None",
        "<instance>.weak = weakref.ref(<referable>, <callback>)", "<weak_name> = weakref.ref(<class>(), <callback>)",
        "<small list>.append(<weak>())", "<name>.weak = weakref.ref(<name>)",
        "for i in range(3): <weak_name> = weakref.ref(<referable>, <callback>)",
    ],
    "callback": ["cb0", "cb1", "cb2", "None"],
    "weak_question": [
        "<weak>() is <any>", "<weak>() is None", "<weak> == <weak>", "<weak> is <weak>", "<weak> != <weak>",
        "weakref.getweakrefcount(<referable>)", "weakref.getweakrefcount(<any>)", "sys.getrefcount(<weak>)",
        "weakref.ref(<class>())() is None", "gc.is_finalized(<any>)", "gc.is_finalized(<instance>)", "deaths, told",
        "type(<weak>) is weakref.ref", "<weak> == weakref.ref(<referable>)", "len([<weak>, <weak>()])", "saved is <any>",
        "gc.is_tracked(<weak>)", "[sys.getrefcount([<weak>()])]", "print(<weak>() is <weak>())", "gc.is_finalized(saved)",
    ],
    "reviving": ["<reviver>", "saved = None", "<name> = saved", "saved is None"],
    "saving": [
        "<savings>", "<savings>", "gc.garbage.clear()", "del gc.garbage[:]",
        "len(gc.garbage)", "gc.get_debug()", "gc.garbage == []", "<any> in gc.garbage", "bool(gc.garbage)",
    ],
    "while_saving": [
        "gc.collect()", "gc.collect()", "gc.collect(0)", "gc.collect(1)", "len(gc.garbage)", "gc.get_debug()",
        "<selfish>", "<instance>.left = <instance>", "del <any>", "<any> = [<any>, {}]",
    ],
    "loop": [
        "for i in range(<digit>): <simple>", "for i in range(<digit>): <looped>", "for i in <ordered>: <quiet>",
        "for i in <small list>: <quiet>", "for i in <set|frozenset|dict>: print(i)",
        "for i in range(5):\n    if i == <digit>: <leaving>\n    <looped>",
        "for i in <ordered>:\n    <quiet>\nelse: print('else')",
        "for i in range(<digit>):\n    <simple>\n    <looped>",
    ],
    "leaving": ["break", "continue"],
    "looped": [
        "<name> = <expr>", "<small list>.append(i)", "<small list>.append([i])", "<name> = [i, <any>]",
        "sys.getrefcount(<counted>)", "i", "sys.getrefcount([i])", "<call>", "<name> = [<name>]",
    ],
    "quiet": ["[i, <any>]", "<name> = [i, <any>]", "sys.getrefcount([i])", "print(i)", "<name> = i"],
    "simple": ["<name> = <expr>", "<object_change>", "<set_change>", "print(<any>)", "<name> = <call>"],
    "branch": [
        "if <expr>: <name> = <expr>\nelse: <name> = <expr>", "if <comparison>: <expr>",
        "if <any>:\n    <simple>\nelif <expr>:\n    <simple>\n    <simple>\nelse:\n    <expr>",
    ],
    "selfish": ["<selfish_change>"],
}

# Of functions: <p> is a parameter, or a name if there is none.
BODIES = {
    "local_line": [
        "t = <expr>", "t = [<p>]", "u = <p>", "u, t = 1, 2", "pass", "del <p>", "print(sys.getrefcount([]))",
        "if isinstance(<p>, <type>): t = <p>", "<own_count>",
        "t = <p>; t = None", "for t in range(2): u = [<p>]", "t = [u]", "<p>", "sys.getrefcount([<p>])",
        "if <p>: return [<p>]", "t = [500, 'a b', (1, 2.5)]", "u = [t, t]", "t = <call>", "<name> = <p>",
        "u = []; u.append(u); u.append(<p>)", "for t in range(6): gc.collect()",
    ],
    "last_line": ["return t", "return <p>", "pass", "return [<p>, 500]", "return <constant>", "return", "return u, t"],
}

RULES = {**EXPRESSIONS, **STATEMENTS, **BODIES}
