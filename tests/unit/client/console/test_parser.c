/* SPDX-License-Identifier: MIT */
#include "console/parser.h"

#include "cases.h"

static void tree(const char *source, size_t size, struct hd_text *out)
{
    listing_of_tree(source, size, false, out);
}

static void atoms_and_displays(void **state)
{
    static const struct source_case cases[] = {
        {"x", "(expression x)"},
        {"None; True; False", "(block (expression None) (expression True) (expression False))"},
        {"'a' 'b'", "(expression 'ab')"},
        {"b'a' b'b'", "(expression b'ab')"},
        {"()", "(expression (tuple))"},
        {"(x)", "(expression x)"},
        {"(x,)", "(expression (tuple x))"},
        {"x,", "(expression (tuple x))"},
        {"x, (y, z)", "(expression (tuple x (tuple y z)))"},
        {"[]; [x]; [x, y,]", "(block (expression (list)) (expression (list x)) "
                             "(expression (list x y)))"},
        {"{}; {x}; {x, y}", "(block (expression (dict)) (expression (set x)) "
                            "(expression (set x y)))"},
        {"{x: y, 'z': 1,}", "(expression (dict x: y 'z': 1))"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

static void operators_bind_as_in_python(void **state)
{
    static const struct source_case cases[] = {
        {"a + b - c", "(expression (- (+ a b) c))"},
        {"a + b * c", "(expression (+ a (* b c)))"},
        {"a * b // c % d / e @ f", "(expression (@ (/ (% (// (* a b) c) d) e) f))"},
        {"a | b ^ c & d << e + f", "(expression (| a (^ b (& c (<< d (+ e f))))))"},
        {"-a ** -b", "(expression (- (** a (- b))))"},
        {"a ** b ** c", "(expression (** a (** b c)))"},
        {"-a * +b", "(expression (* (- a) (+ b)))"},
        {"~-a", "(expression (~ (- a)))"},
        {"not a == b", "(expression (not (compare a == b)))"},
        {"not not a", "(expression (not (not a)))"},
        {"a < b <= c != d", "(expression (compare a < b <= c != d))"},
        {"a is not b not in c", "(expression (compare a is not b not in c))"},
        {"a is b in c", "(expression (compare a is b in c))"},
        {"a is (not b)", "(expression (compare a is (not b)))"},
        {"a and b and c or d", "(expression (or (and a b c) d))"},
        {"a and (b and c)", "(expression (and a (and b c)))"},
        {"a if b else c if d else e", "(expression (choice a b (choice c d e)))"},
        {"(a + b) * c", "(expression (* (+ a b) c))"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

static void what_hangs_on_an_atom(void **state)
{
    static const struct source_case cases[] = {
        {"a.b.c", "(expression (. (. a b) c))"},
        {"a()(b)(c, d=e)", "(expression (call (call (call a) b) c d=e))"},
        {"a(b, c,)", "(expression (call a b c))"},
        {"a[b][c]", "(expression ([] ([] a b) c))"},
        {"a[b, c]; a[b,]", "(block (expression ([] a (tuple b c))) "
                           "(expression ([] a (tuple b))))"},
        {"a[:]; a[b:]; a[:c]; a[b:c:d]; a[::d]",
         "(block (expression ([] a (slice _ _ _))) (expression ([] a (slice b _ _))) "
         "(expression ([] a (slice _ c _))) (expression ([] a (slice b c d))) "
         "(expression ([] a (slice _ _ d))))"},
        {"a.b[c](d).e", "(expression (. (call ([] (. a b) c) d) e))"},
        {"'a'.join(b)", "(expression (call (. 'a' join) b))"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

static void simple_statements(void **state)
{
    static const struct source_case cases[] = {
        {"", ""},
        {"# nothing", ""},
        {"x = 1", "(assign x = 1)"},
        {"x = y = z", "(assign x y = z)"},
        {"a, (b, c) = d", "(assign (tuple a (tuple b c)) = d)"},
        {"[a, b] = c, d", "(assign (list a b) = (tuple c d))"},
        {"a.b, c[d] = e", "(assign (tuple (. a b) ([] c d)) = e)"},
        {"x += 1; x //= 2; x **= 3; x >>= 4; x @= 5",
         "(block (+= x 1) (//= x 2) (**= x 3) (>>= x 4) (@= x 5))"},
        {"a.b -= c, d", "(-= (. a b) (tuple c d))"},
        {"del x", "(del x)"},
        {"del x, y.z, a[0],", "(del x (. y z) ([] a 0))"},
        {"del (x, y), [z]", "(del (tuple x y) (list z))"},
        {"pass;", "(pass)"},
        {"assert x", "(assert x)"},
        {"assert x, y", "(assert x y)"},
        {"global x, y", "(global x y)"},
        {"import gc, sys as s", "(import gc sys as s)"},
        {"from gc import collect as c, freeze", "(from gc import collect as c freeze)"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

static void compound_statements(void **state)
{
    static const struct source_case cases[] = {
        {"if x: y; z", "(if x (block (expression y) (expression z)))"},
        {"if x:\n  y\n  z\n", "(if x (expression y) (expression z))"},
        {"if x: a\nelif y: b\nelse: c\n",
         "(if x (expression a) else (if y (expression b) else (expression c)))"},
        {"for i in x: pass", "(for i x (pass))"},
        {"for i, j in x, y:\n  break\nelse:\n  z\n",
         "(for (tuple i j) (tuple x y) (break) else (expression z))"},
        {"for x[0] in y:\n  if x: continue\n", "(for ([] x 0) y (if x (continue)))"},
        {"def f(): return", "(def f () (return))"},
        {"def f(a, b=1, c=x,):\n  global g\n  return a, b\n",
         "(def f (a b=1 c=x) (global g) (return (tuple a b)))"},
        {"def f():\n  for i in x:\n    if i: return i\n",
         "(def f () (for i x (if i (return i))))"},
        {"class N: pass", "(class N (pass))"},
        {"class N():\n  def __del__(self): print(self)\n",
         "(class N (def __del__ (self) (expression (call print self))))"},
        {"class N:\n  'what it is'\n", "(class N (expression 'what it is'))"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

static void what_is_outside_the_language_is_named(void **state)
{
    static const char *const cases[][2] = {
        {"try: pass", "1:1: try"},
        {"with x: pass", "1:1: with"},
        {"while x: pass", "1:1: while"},
        {"raise x", "1:1: raise"},
        {"async def f(): pass", "1:1: async"},
        {"def f(): yield 1", "1:10: yield"},
        {"def f(): nonlocal x", "1:10: nonlocal"},
        {"@d", "1:1: a decorator"},
        {"x = lambda: 1", "1:5: lambda"},
        {"await x", "1:1: await"},
        {"[x for x in y]", "1:4: a comprehension"},
        {"{x for x in y}", "1:4: a comprehension"},
        {"{x: y for x in y}", "1:7: a comprehension"},
        {"(x for x in y)", "1:4: a comprehension"},
        {"f(x for x in y)", "1:5: a comprehension"},
        {"(x := 1)", "1:4: :="},
        {"x: int = 1", "1:2: an annotation"},
        {"def f(a: int): pass", "1:8: an annotation"},
        {"def f() -> int: pass", "1:9: an annotation"},
        {"def f(*a): pass", "1:7: a parameter with a star"},
        {"def f(**a): pass", "1:7: a parameter with a star"},
        {"def f(a, /): pass", "1:10: a parameter with a star"},
        {"f(*a)", "1:3: an argument with a star"},
        {"f(**a)", "1:3: an argument with a star"},
        {"[*a]", "1:2: *"},
        {"*a, b = c", "1:1: *"},
        {"{**a}", "1:2: **"},
        {"{'a': 1, **b}", "1:10: **"},
        {"...", "1:1: ..."},
        {"from gc import *", "1:16: import *"},
        {"class N(M): pass", "1:9: a base class"},
        {"def f():\n  def g(): pass\n", "2:3: a function inside a function"},
        {"def f():\n  class N: pass\n", "2:3: a class inside a function"},
    };
    struct hd_text expected;
    struct source_case one;

    (void)state;
    hd_text_init(&expected);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        hd_text_clear(&expected);
        hd_text_printf(&expected, "SyntaxError %s is not part of the language", cases[i][1]);
        one = (struct source_case){cases[i][0], expected.data};
        check_cases(&one, 1, tree);
    }
    hd_text_fini(&expected);
}

static void mistakes_are_told_as_python_tells_them(void **state)
{
    static const struct source_case cases[] = {
        {"x +", "SyntaxError 1:4: invalid syntax"},
        {"x y", "SyntaxError 1:3: invalid syntax"},
        {"print x", "SyntaxError 1:1: Missing parentheses in call to 'print'. "
                    "Did you mean print(...)?"},
        {"f(1 2)", "SyntaxError 1:5: invalid syntax. Perhaps you forgot a comma?"},
        {"1 = x", "SyntaxError 1:1: cannot assign to literal here. Maybe you meant '==' "
                  "instead of '='?"},
        {"None = x", "SyntaxError 1:1: cannot assign to None"},
        {"x = 1 = y", "SyntaxError 1:5: cannot assign to literal"},
        {"(a or b).c() = 1", "SyntaxError 1:2: cannot assign to function call here. Maybe you "
                             "meant '==' instead of '='?"},
        {"f() = x", "SyntaxError 1:1: cannot assign to function call here. Maybe you meant "
                    "'==' instead of '='?"},
        {"a, f() = x", "SyntaxError 1:4: cannot assign to function call"},
        {"a < b = x", "SyntaxError 1:1: cannot assign to comparison"},
        {"a + b += x", "SyntaxError 1:1: 'expression' is an illegal expression for augmented "
                       "assignment"},
        {"a, b += x", "SyntaxError 1:1: 'tuple' is an illegal expression for augmented "
                      "assignment"},
        {"del f()", "SyntaxError 1:5: cannot delete function call"},
        {"for 1 in x: y", "SyntaxError 1:5: cannot assign to literal"},
        {"if x = 1: y", "SyntaxError 1:6: invalid syntax. Maybe you meant '==' or ':=' "
                        "instead of '='?"},
        {"if x", "SyntaxError 1:5: expected ':'"},
        {"if x:\ny\n", "IndentationError 2:1: expected an indented block after 'if' "
                       "statement on line 1"},
        {"  x", "IndentationError 1:3: unexpected indent"},
        {"x if y", "SyntaxError 1:1: expected 'else' after 'if' expression"},
        {"x if not y == not z", "SyntaxError 1:1: expected 'else' after 'if' expression"},
        {"x if (y ==) else z", "SyntaxError 1:11: invalid syntax"},
        {"x if y: z", "SyntaxError 1:7: invalid syntax"},
        {"'a' b'b'", "SyntaxError 1:1: cannot mix bytes and nonbytes literals"},
        {"{a: }", "SyntaxError 1:5: expression expected after dictionary key and ':'"},
        {"{a: b, c}", "SyntaxError 1:9: ':' expected after dictionary key"},
        {"f(a=1, b)", "SyntaxError 1:8: positional argument follows keyword argument"},
        {"f(a=1, a=2)", "SyntaxError 1:8: keyword argument repeated: a"},
        {"def f(a, a): pass",
         "SyntaxError 1:10: duplicate argument 'a' in function definition"},
        {"def f(a=1, b): pass",
         "SyntaxError 1:13: non-default argument follows default argument"},
        {"return x", "SyntaxError 1:1: 'return' outside function"},
        {"break", "SyntaxError 1:1: 'break' outside loop"},
        {"if x: continue", "SyntaxError 1:7: 'continue' not properly in loop"},
        {"for i in x:\n  def f(): break\n", "SyntaxError 2:12: 'break' outside loop"},
        {"x\ny\n", "SyntaxError 2:1: multiple statements found while compiling a single "
                   "statement"},
        {"class N:\n  x = 1\n", "SyntaxError 2:3: in a class only pass and __del__ are part "
                                "of the language"},
        {"else: x", "SyntaxError 1:1: invalid syntax"},
    };

    (void)state;
    CHECK_CASES(cases, tree);
}

/* `unit` so often between begin and end. */
static void check_repeated(const char *begin, const char *unit, int times, const char *end,
                           const char *expected)
{
    struct hd_text source;
    struct source_case one;

    hd_text_init(&source);
    hd_text_add_string(&source, begin);
    for (int i = 0; i < times; i++) {
        hd_text_printf(&source, unit, i);
    }
    hd_text_add_string(&source, end);
    one = (struct source_case){source.data, expected};
    check_cases(&one, 1, tree);
    hd_text_fini(&source);
}

static void depth_and_numbers_are_limited(void **state)
{
    static const char *const deep =
        "RecursionError 0:0: maximum recursion depth exceeded during compilation";

    (void)state;
    check_repeated("", "-", 100000, "x", deep);
    check_repeated("", "not ", 100000, "x", deep);
    check_repeated("", "x if x else ", 100000, "x", deep);
    check_repeated("", "x**", 100000, "x", deep);
    check_repeated("x", "+x", 100000, "", deep);
    check_repeated("x", ".a", 100000, "", deep);
    check_repeated("x", "(x)", 100000, "", deep);
    check_repeated("if x: y\n", "elif x: y\n", 50000, "", deep);
    check_repeated("x", "<x", 257, "",
                   "SyntaxError 1:516: more than 256 comparisons in a chain");
    check_repeated("f(", "a%03d=1,", 256, ")",
                   "SyntaxError 1:1788: a call is limited to 255 keyword arguments");
    check_repeated("def f(", "a%03d,", 256, "): pass",
                   "SyntaxError 1:1282: a function is limited to 255 parameters");
}

/* Names are taken in one by one without a copy of all of them for each. */
static void many_names_take_little_memory(void **state)
{
    struct hd_text source;
    struct hd_node *statement;
    struct hd_pyerror error;
    struct hd_zone zone;

    (void)state;
    hd_text_init(&source);
    hd_zone_init(&zone);
    hd_pyerror_init(&error);
    hd_text_add_string(&source, "global a");
    for (int i = 0; i < 50000; i++) {
        hd_text_add_string(&source, ",a");
    }
    assert_true(hd_parser_run(source.data, source.size, &zone, &statement, &error));
    assert_int_equal(statement->name_count, 50001);
    assert_true(zone.total < (size_t)32 << 20);
    hd_pyerror_fini(&error);
    hd_zone_fini(&zone);
    hd_text_fini(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_and_displays),
        cmocka_unit_test(operators_bind_as_in_python),
        cmocka_unit_test(what_hangs_on_an_atom),
        cmocka_unit_test(simple_statements),
        cmocka_unit_test(compound_statements),
        cmocka_unit_test(what_is_outside_the_language_is_named),
        cmocka_unit_test(mistakes_are_told_as_python_tells_them),
        cmocka_unit_test(depth_and_numbers_are_limited),
        cmocka_unit_test(many_names_take_little_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
