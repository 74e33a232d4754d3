/* rewrite_changing.c - another program, by one change. */
#include "rewrite_parts.h"

/* A node of the main graph that the program needs, of that type, at random; GB_NIL for none. */
static uint32_t pick(struct rewriting *r, enum gb_op op)
{
    uint32_t found = GB_NIL, seen = 0;
    for (uint32_t v = 0; v < r->p->main.n_nodes; v++)
        if (r->p->main.nodes[v].op == op && r->p->main.nodes[v].id.n && r->id->main_number[v] &&
            rewriting_random(r, ++seen) == 0)
            found = v;
    return found;
}

/* The bag that holds `value` of a literal. */
static json_t *literal_bag(json_t *node)
{
    for (size_t b = 0; b < GB_N_BAGS; b++)
        if (json_object_get(json_object_get(node, gb_bags[b]), "value"))
            return json_object_get(node, gb_bags[b]);
    return NULL;
}

static void literal(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *bag = v == GB_NIL ? NULL : literal_bag(gb_node_at(ir, v));
    json_t *value = json_object_get(bag, "value"), *changed = NULL;
    if (json_is_integer(value))
        changed = json_integer(json_integer_value(value) ^ 1);
    else if (json_is_real(value))
        changed = json_real(json_real_value(value) / 2 + 0.25);
    else if (json_is_boolean(value))
        changed = json_boolean(!json_is_true(value));
    else if (json_is_string(value))
        changed = json_sprintf("%zu bytes instead", json_string_length(value));
    if (!changed)
        return;
    r->applied = !json_equal(changed, value);
    json_object_set_new(bag, "value", changed);
}

static void operation(struct rewriting *r, json_t *ir)
{
    static const struct {
        enum gb_op op;
        const char *instead;
    } others[] = {{GB_OP_ADD, "Sub"},       {GB_OP_SUB, "Mul"},     {GB_OP_MUL, "Add"},
                  {GB_OP_LT, "LessEqual"},  {GB_OP_GT, "LessThan"}, {GB_OP_EQ, "NotEqual"},
                  {GB_OP_AND, "Or"},        {GB_OP_SIN, "Cos"},     {GB_OP_TOUPPER, "ToLower"},
                  {GB_OP_BITAND, "BitXor"}, {GB_OP_MIN, "Max"},     {GB_OP_DIV, "Pow"}};
    size_t n = sizeof others / sizeof *others, from = rewriting_random(r, (uint32_t)n);
    for (size_t i = 0; i < n && !r->applied; i++) {
        size_t k = (from + i) % n;
        uint32_t v = pick(r, others[k].op);
        if (v == GB_NIL)
            continue;
        json_object_set_new(gb_node_at(ir, v), "type", json_string(others[k].instead));
        r->applied = true;
    }
}

/* A new literal takes the place of a needed literal on one edge. */
static void rewire(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *edge, *copy, *value;
    size_t i;
    if (v == GB_NIL || !literal_bag(gb_node_at(ir, v)))
        return;
    value = json_object_get(literal_bag(gb_node_at(ir, v)), "value");
    if (!json_is_integer(value))
        return;
    json_array_foreach(json_object_get(ir, "edges"), i, edge)
    {
        const char *from = gb_edge_end(edge, "from", "fromNode");
        const char *to = gb_edge_end(edge, "to", "toNode");
        bool live = false;
        for (uint32_t k = 0; k < r->p->main.n_nodes; k++)
            live |= str_eqc(r->p->main.nodes[k].id, to) && r->id->main_number[k];
        if (gb_is_control_edge(edge) || !live || !str_eqc(r->p->main.nodes[v].id, from))
            continue;
        copy = json_deep_copy(gb_node_at(ir, v));
        json_object_set_new(copy, "id", json_string("another_literal"));
        json_object_set_new(literal_bag(copy), "value",
                            json_integer(json_integer_value(value) ^ 77));
        json_array_append_new(json_object_get(ir, "nodes"), copy);
        json_object_set_new(edge, json_object_get(edge, "from") ? "from" : "fromNode",
                            json_string("another_literal"));
        r->applied = true;
        return;
    }
}

/* An int becomes a double of the same value. */
static void type(struct rewriting *r, json_t *ir)
{
    uint32_t v = pick(r, GB_OP_LITERAL);
    json_t *bag = v == GB_NIL ? NULL : literal_bag(gb_node_at(ir, v));
    if (!json_is_integer(json_object_get(bag, "value")))
        return;
    json_object_set_new(bag, "value",
                        json_real((double)json_integer_value(json_object_get(bag, "value"))));
    r->applied = r->p->main.nodes[v].type.base == GB_INT;
}

/* The number of the value that a Print without effects prints first; 0 for others. */
static uint32_t printed(const struct rewriting *r, const struct gb_node *node)
{
    const struct gb_graph *g = &r->p->main;
    uint32_t src = node->n_inputs ? g->inputs[node->inputs].src : GB_NIL;
    if (node->op != GB_OP_PRINT || src == GB_NIL || (g->nodes[src].fx & GB_FX_EFFECT_DEEP))
        return 0;
    return r->id->main_number[src];
}

/* Two statements that print different values change places. */
static void statement_order(struct rewriting *r, json_t *ir)
{
    const struct gb_graph *g = &r->p->main;
    const struct gb_block *body = &g->blocks[0];
    json_t *edge, *list = json_object_get(ir, "nodes");
    size_t i;
    json_array_foreach(json_object_get(ir, "edges"), i, edge) if (gb_is_control_edge(edge)) return;
    for (uint32_t k = 1; k < body->n_stmts; k++) {
        uint32_t a = body->stmts[k - 1].node, b = body->stmts[k].node;
        uint32_t first = printed(r, &g->nodes[a]), second = printed(r, &g->nodes[b]);
        if (first == 0 || second == 0 || first == second)
            continue;
        json_t *moved = json_incref(json_array_get(list, a));
        json_array_set(list, a, json_array_get(list, b));
        json_array_set_new(list, b, moved);
        r->applied = true;
        return;
    }
}

const struct rewrite gb_changing[] = {
    {"literal", literal},
    {"operation", operation},
    {"edge", rewire},
    {"type", type},
    {"statement order", statement_order},
    {NULL, NULL},
};
