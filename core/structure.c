/*
 * structure.c - from nodes and control edges to the statement tree.
 *
 * All steps are iterative and linear in nodes and edges (but for a logarithm in the nesting and in
 * the number of statements without a fixed place).
 */
#include "structure.h"

#include <errno.h>

/* Real statements of each body vertex; a Sequence and values that edges pass through are none. */
static bool stands(const struct gb_flow *fl, uint32_t v)
{
    return fl->g->nodes[v].statement;
}

static uint32_t count_statements(const struct gb_flow *fl, const struct gb_body_order *order,
                                 uint32_t body)
{
    uint32_t n = 0;
    uint32_t b = gb_body_number(fl, body);
    for (uint32_t i = order->first[b]; i < order->first[b + 1]; i++)
        n += stands(fl, order->nodes[i]);
    return n;
}

/* The block of body port `slot` of a statement, appended to the queue; GB_NIL when it is empty. */
static uint32_t open_block(struct gb_flow *fl, const struct gb_body_order *order, uint32_t owner,
                           unsigned slot, uint32_t *vertices)
{
    const struct gb_node *node = &fl->g->nodes[owner];
    if (slot >= gb_body_ports(node->op))
        return GB_NIL;
    uint32_t vertex = gb_port_vertex(fl, owner, slot);
    if (count_statements(fl, order, vertex) == 0)
        return GB_NIL;
    uint32_t block = fl->g->n_blocks++;
    vertices[block] = vertex;
    fl->g->blocks[block] = (struct gb_block){.parent = node->block, .owner = owner};
    return block;
}

static int fill_block(struct gb_flow *fl, const struct gb_body_order *order, uint32_t b,
                      uint32_t *vertices)
{
    struct gb_block *block = &fl->g->blocks[b];
    uint32_t body = vertices[b], n = count_statements(fl, order, body);
    block->stmts = arena_new_array(&fl->f->program->arena, n, struct gb_stmt);
    if (!block->stmts)
        return -ENOMEM;
    uint32_t number = gb_body_number(fl, body);
    for (uint32_t i = order->first[number]; i < order->first[number + 1]; i++) {
        uint32_t v = order->nodes[i];
        if (!stands(fl, v))
            continue;
        fl->g->nodes[v].block = b;
        struct gb_stmt *stmt = &block->stmts[block->n_stmts++];
        stmt->node = v;
        for (unsigned slot = 0; slot < 2; slot++)
            stmt->blocks[slot] = open_block(fl, order, v, slot, vertices);
    }
    block->n_all = block->n_stmts;
    return 0;
}

/* Block 0 is the graph's body; a block's number is higher than that of the block around it. */
static int build_blocks(struct gb_flow *fl, const struct gb_body_order *order)
{
    uint32_t *vertices = arena_new_array(fl->tmp, gb_n_bodies(fl), uint32_t);
    fl->g->blocks = arena_new_array(&fl->f->program->arena, gb_n_bodies(fl), struct gb_block);
    if (!vertices || !fl->g->blocks)
        return -ENOMEM;
    vertices[0] = fl->root;
    fl->g->blocks[0] = (struct gb_block){.parent = GB_NIL, .owner = GB_NIL};
    fl->g->n_blocks = 1;
    for (uint32_t b = 0; b < fl->g->n_blocks; b++)
        if (fill_block(fl, order, b, vertices))
            return -ENOMEM;
    return 0;
}

int gb_structure(struct gb_front *f, struct gb_raw_graph *raw)
{
    struct arena tmp = ARENA_INIT(0);
    uint32_t n = raw->graph->n_nodes;
    struct gb_flow fl = {.f = f, .raw = raw, .g = raw->graph, .tmp = &tmp, .n = n};
    struct gb_body_order order;
    int r = gb_flow_data(&fl);
    r = r ? r : gb_flow_statements(&fl);
    r = r ? r : gb_flow_control(&fl);
    r = r ? r : gb_flow_order(&fl, &order);
    r = r ? r : build_blocks(&fl, &order);
    arena_free(&tmp);
    return r;
}
