"""What the lexer, the parser, the folding and the constants of the console make of thousands of
random sources, against tokenize, ast and compile of this Python (3.11).
usage: test_against_cpython.py LIST_SOURCES [COUNT]    (HEAPD_SEED=... repeats a run)"""
import ast
import io
import os
import random
import subprocess
import sys
import tokenize
import types
import warnings

program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4000
seed = int(os.environ.get("HEAPD_SEED") or random.SystemRandom().randrange(1 << 32))
rnd = random.Random(seed)
print(f"HEAPD_SEED={seed}")
LARGEST = 2**63


def ask(questions):
    """A listing for each (what, source)."""
    stdin = b"".join(b"%s %d\n%s" % (what.encode(), len(s := source.encode()), s) for what, source in questions)
    out = subprocess.run([program], input=stdin, stdout=subprocess.PIPE, check=True).stdout
    answers, at = [], 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end])
        answers.append(out[end + 1:end + 1 + size].decode())
        at = end + 1 + size
    assert len(answers) == len(questions)
    return answers


# ---------------------------------------------------------------- random sources

NAMES = ["a", "b", "x", "gc", "very_long_name"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@"]
COMPARE = ["<", "<=", "==", "!=", ">", ">=", "is", "is not", "in", "not in"]


def text_literal(bytes_too=True):
    letters = ["a", "Z", "_", "0", " ", "\\n", "\\t", "\\\\", "\\x41", "\\101", "\\0", "\\q", "\"", "''"[:0]]
    if not bytes_too or rnd.random() < 0.7:
        prefix, letters = rnd.choice(["", "", "", "r", "u", "R"]), letters + ["\u00e9", "\u20ac", "\\u00ff", "\\U0001F600"]
        if prefix in ("r", "R"):
            letters = [each for each in letters if each != "\\\\"] + ["\\d"]
    else:
        prefix = rnd.choice(["b", "B", "rb", "bR"])
        if prefix != "b" and prefix != "B":
            letters = [each for each in letters if each != "\\\\"]
    quote = rnd.choice(["'", "'''", "\"\"\""])
    body = "".join(rnd.choice(letters) for _ in range(rnd.randrange(5)))
    if "\"" in quote:
        body = body.replace("\"", "'")
    return f"{prefix}{quote}{body}{quote}"


def number_literal():
    kind = rnd.randrange(6)
    if kind < 3:
        return str(rnd.choice([0, 1, 2, 3, 7, 10, 255, 256, 257, 1000, 4096, rnd.getrandbits(rnd.randrange(1, 63))]))
    if kind == 3:
        return rnd.choice(["0x1F", "0b101", "0o17", "1_000", "0x_ff", "00", "9223372036854775807"])
    return rnd.choice(["0.0", "1.5", ".5", "5.", "1e3", "1E-7", "1e16", "123456789.125", "1e308", "5e-324",
                       repr(rnd.uniform(-1, 1) * 10 ** rnd.randrange(-30, 30)).lstrip("-")])


def literal():
    return rnd.choice([number_literal, number_literal, text_literal,
                       lambda: rnd.choice(["None", "True", "False", "()", "''", "b''"])])()


def several(depth, least=0, make=None):
    make = make or expression
    return [make(depth - 1) for _ in range(rnd.randrange(least, 5))]


def tuple_of(items):
    return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"


def constant(depth):
    """Folds, if nothing in it raises."""
    kind = rnd.randrange(12) if depth > 0 else 0
    if kind < 4:
        return literal()
    if kind == 4:
        return f"({rnd.choice(['-', '+', '~', 'not '])}{constant(depth - 1)})"
    if kind < 8:
        return f"({constant(depth - 1)} {rnd.choice(BINARY[:-1])} {constant(depth - 1)})"
    if kind < 10:
        return tuple_of(several(depth, make=constant))
    if kind == 10:
        return f"{tuple_of(several(depth, 1, constant))}[{rnd.randrange(-3, 4)}]"
    return f"{text_literal()}[{rnd.randrange(-3, 4)}]"


def expression(depth):
    if depth <= 0:
        return rnd.choice([rnd.choice(NAMES), literal()])
    deeper = lambda: expression(depth - 1)  # noqa: E731
    return rnd.choice([
        lambda: rnd.choice(NAMES), literal, lambda: constant(depth),
        lambda: f"{rnd.choice('-+~')}{deeper()}", lambda: f"(not {deeper()})",
        lambda: f"({deeper()} {rnd.choice(BINARY)} {deeper()})",
        lambda: " ".join([rnd.choice(NAMES)] + [f"{rnd.choice(BINARY)} {rnd.choice(NAMES + ['1', '-b'])}"
                                                 for _ in range(rnd.randrange(4))]),
        lambda: "(" + deeper() + "".join(f" {rnd.choice(COMPARE)} {deeper()}" for _ in range(rnd.randrange(1, 3))) + ")",
        lambda: "(" + f" {rnd.choice(['and', 'or'])} ".join(several(depth, 2)) + ")",
        lambda: f"({deeper()} if {deeper()} else {deeper()})",
        lambda: tuple_of(several(depth)), lambda: "[" + ", ".join(several(depth)) + "]",
        lambda: "{" + ", ".join(several(depth, 1)) + "}",
        lambda: "{" + ", ".join(f"{deeper()}: {deeper()}" for _ in range(rnd.randrange(3))) + "}",
        lambda: f"{rnd.choice(NAMES)}({', '.join(several(depth))})",
        lambda: f"{rnd.choice(NAMES)}.{rnd.choice(NAMES)}({', '.join(several(depth))})",
        lambda: f"{rnd.choice(NAMES)}({deeper()}, b={deeper()})",
        lambda: f"({deeper()}).{rnd.choice(NAMES)}", lambda: f"{rnd.choice(NAMES)}[{deeper()}]",
        lambda: f"x[{rnd.choice(['', deeper()])}:{rnd.choice(['', deeper()])}{rnd.choice(['', ':', ':' + deeper()])}]",
    ])()


def target():
    return rnd.choice(["a", "b", "a.b", "a[b]", "a[1 + 1]", "(a, b)", "[a, b]", "a, x[0]"])


def simple(depth):
    return rnd.choice([
        lambda: expression(depth), lambda: f"{target()} = {expression(depth)}", lambda: f"x = {constant(depth)}",
        lambda: f"{target()} = {target()} = {expression(depth)}",
        lambda: f"{rnd.choice(['a', 'a.b', 'a[b]'])} {rnd.choice(BINARY)}= {expression(depth)}",
        lambda: f"del {target()}", lambda: "pass", lambda: f"assert {expression(depth)}, {expression(0)}",
        lambda: f"{expression(depth)},",
    ])()


def block(depth, indent, function):
    lines = [statement(depth - 1, indent, function) for _ in range(rnd.randrange(1, 3))]
    if function and rnd.random() < 0.3:
        lines.append(indent + f"return {expression(1)}\n")
    return "".join(lines)


def statement(depth, indent="", function=False):
    inner = indent + rnd.choice(["  ", "    ", "\t"])
    kind = rnd.randrange(8) if depth > 0 else 0
    if kind == 4:
        text = f"{indent}if {expression(1)}:\n{block(depth, inner, function)}"
        for _ in range(rnd.randrange(2)):
            text += f"{indent}elif {expression(1)}:\n{block(depth, inner, function)}"
        return text + (f"{indent}else:\n{block(depth, inner, function)}" if rnd.random() < 0.5 else "")
    if kind == 5:
        return (f"{indent}for {target()} in {expression(1)}:\n{block(depth, inner, function)}"
                f"{inner}{rnd.choice(['pass', 'break', 'continue'])}\n")
    if kind == 6 and not function and not indent:
        return f"def f(a, b={expression(1)}):\n{block(depth, inner, True)}"
    return indent + "; ".join(simple(rnd.randrange(4)) for _ in range(rnd.choice([1, 1, 1, 2]))) + "\n"


# ---------------------------------------------------------------- as CPython has it

OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
             ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@",
             ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not", ast.And: "and", ast.Or: "or", ast.Lt: "<",
             ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
             ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}


def list_constant(value):
    if isinstance(value, tuple):
        return "(" + ", ".join(map(list_constant, value)) + (",)" if len(value) == 1 else ")")
    if isinstance(value, frozenset):
        return "frozenset({" + ", ".join(sorted(map(list_constant, value), key=str.encode)) + "})"
    if isinstance(value, complex) or type(value) is int and not -LARGEST <= value < LARGEST:
        return "large"
    return repr(value)


def form(word, *parts):
    return "(" + " ".join([word, *map(list_node, filter(None.__ne__, parts))]) + ")"


def body(nodes):
    """Statements of one line are a block."""
    lines = {}
    for node in nodes:
        lines.setdefault(node.lineno, []).append(list_node(node))
    return " ".join("(block " + " ".join(line) + ")" if len(line) > 1 else line[0] for line in lines.values())


def list_node(n):  # noqa: C901
    match n:
        case ast.Constant():
            return list_constant(n.value)
        case ast.Name():
            return n.id
        case ast.Tuple() | ast.List() | ast.Set():
            return form(type(n).__name__.lower(), *n.elts)
        case ast.Dict():
            return "(" + " ".join(["dict", *(f"{list_node(k)}: {list_node(v)}" for k, v in zip(n.keys, n.values))]) + ")"
        case ast.UnaryOp():
            return form(OPERATORS[type(n.op)], n.operand)
        case ast.BinOp():
            return form(OPERATORS[type(n.op)], n.left, n.right)
        case ast.BoolOp():
            return form(OPERATORS[type(n.op)], *n.values)
        case ast.Compare():
            pairs = "".join(f" {OPERATORS[type(op)]} {list_node(right)}" for op, right in zip(n.ops, n.comparators))
            return f"(compare {list_node(n.left)}{pairs})"
        case ast.Call():
            words = "".join(f" {k.arg}={list_node(k.value)}" for k in n.keywords)
            return form("call", n.func, *n.args)[:-1] + words + ")"
        case ast.Attribute():
            return f"(. {list_node(n.value)} {n.attr})"
        case ast.Subscript():
            return form("[]", n.value, n.slice)
        case ast.Slice():
            return "(slice " + " ".join(list_node(p) if p else "_" for p in (n.lower, n.upper, n.step)) + ")"
        case ast.IfExp():
            return form("choice", n.body, n.test, n.orelse)
        case ast.Expr():
            return form("expression", n.value)
        case ast.Assign():
            return form("assign", *n.targets)[:-1] + f" = {list_node(n.value)})"
        case ast.AugAssign():
            return f"({OPERATORS[type(n.op)]}= {list_node(n.target)} {list_node(n.value)})"
        case ast.Delete():
            return form("del", *n.targets)
        case ast.Assert():
            return form("assert", n.test, n.msg)
        case ast.Return():
            return form("return", n.value)
        case ast.Pass() | ast.Break() | ast.Continue():
            return f"({type(n).__name__.lower()})"
        case ast.If():
            return form("if", n.test)[:-1] + f" {body(n.body)}" + (f" else {body(n.orelse)})" if n.orelse else ")")
        case ast.For():
            return form("for", n.target, n.iter)[:-1] + f" {body(n.body)})"
        case ast.FunctionDef():
            return f"(def {n.name} (a b={list_node(n.args.defaults[0])}) {body(n.body)})"
    raise AssertionError(ast.dump(n))


def list_tokens(source):
    words, numbers = [], (tokenize.NUMBER, tokenize.STRING)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in numbers:
            words.append(list_constant(ast.literal_eval(token.string)))
        elif token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            words.append(tokenize.tok_name[token.type])
        elif token.type in (tokenize.NAME, tokenize.OP):
            words.append(token.string)
    return " ".join(words + ["END"])


def list_constants(code):
    """A line for the code and each function; False if one of them does not fit."""
    values = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
    lines = [f"{code.co_name}: " + " | ".join(map(list_constant, values)) + "\n"]
    return "".join(lines + [list_constants(c) for c in code.co_consts if isinstance(c, types.CodeType)])


def compare(kind, sources, expect):
    wrong = 0
    for source, answer in zip(sources, ask([(kind, source) for source in sources])):
        expected = expect(source)
        if answer != expected:
            wrong += 1
            if wrong <= 5:
                print(f"{kind} of\n{source}\nheapd:   {answer}\nCPython: {expected}\n")
    print(f"{kind}: {len(sources)} sources, {wrong} differ")
    return wrong


def fits(source):
    """No complex number and no int beyond 64 bits, in between either; no 'format' % values, which is not part of the language."""
    for n in ast.walk(ast.parse(source)):
        if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mod) and isinstance(n.left, ast.Constant) \
                and isinstance(n.left.value, (str, bytes)):
            return False
        if isinstance(n, (ast.BinOp, ast.UnaryOp)) and \
                "large" in list_constants(compile(ast.Expression(n), "", "eval")):
            return False
    return True


warnings.simplefilter("ignore")
statements = [statement(2) + ("\n" if rnd.random() < 0.1 else "") for _ in range(count)]
constants = [f"x = {constant(4)}\n" for _ in range(count)]
fitting = [s for s in constants if fits(s)]
wrong = compare("tokens", statements, list_tokens)
wrong += compare("tree", statements, lambda s: body(ast.parse(s, mode="exec").body))
wrong += compare("constants", fitting, lambda s: list_constants(compile(s, "", "single")))
sys.exit(wrong > 0)
