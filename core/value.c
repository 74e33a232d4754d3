/* value.c - see value.h. */
#include "value.h"

#include <stdlib.h>

/* Texts use `bytes`; arrays the same room as gb_values, of which n are initialised. */
struct gb_mem {
    size_t holders;
    size_t size; /* of the data, in bytes */
    uint32_t n;  /* arrays: items that hold something */
    _Alignas(struct gb_value) unsigned char data[];
};

void *gb_heap_alloc(struct gb_heap *h, size_t n)
{
    if (h->arena)
        return arena_alloc(h->arena, n);
    if (h->limit && n > h->limit - h->used)
        return NULL;
    void *p = calloc(1, n ? n : 1);
    if (p)
        h->used += n;
    return p;
}

void *gb_heap_resize(struct gb_heap *h, void *p, size_t old, size_t n)
{
    void *moved = NULL;
    if (h->arena) {
        moved = arena_alloc(h->arena, n);
        if (moved && old)
            memcpy(moved, p, old < n ? old : n);
        return moved;
    }
    if (h->limit && n > old && n - old > h->limit - h->used)
        return NULL;
    moved = realloc(p, n ? n : 1);
    if (!moved)
        return NULL;
    if (n > old)
        memset((char *)moved + old, 0, n - old);
    h->used = h->used - old + n;
    return moved;
}

void gb_heap_free(struct gb_heap *h, void *p, size_t n)
{
    if (h->arena || !p)
        return;
    free(p);
    h->used -= n;
}

static struct gb_mem *mem_new(struct gb_heap *h, size_t size)
{
    struct gb_mem *m = gb_heap_alloc(h, sizeof *m + size);
    if (!m)
        return NULL;
    h->work += size;
    m->holders = 1;
    m->size = size;
    return m;
}

static struct gb_value *items_of(struct gb_mem *m)
{
    return (struct gb_value *)(void *)m->data;
}

struct gb_value gb_hold(struct gb_value v)
{
    if (v.mem)
        v.mem->holders++;
    return v;
}

/* As deep as the type, which is bounded. */
void gb_drop(struct gb_heap *h, struct gb_value *v)
{
    struct gb_mem *m = v->mem;
    v->mem = NULL;
    if (!m || --m->holders > 0)
        return;
    if (v->type.depth)
        for (uint32_t i = 0; i < m->n; i++)
            gb_drop(h, &items_of(m)[i]);
    gb_heap_free(h, m, sizeof *m + m->size);
}

struct gb_value gb_int(int64_t i)
{
    return (struct gb_value){.type = {GB_INT, 0}, .i = i};
}

struct gb_value gb_double(double d)
{
    return (struct gb_value){.type = {GB_DOUBLE, 0}, .d = d};
}

struct gb_value gb_bool(bool b)
{
    return (struct gb_value){.type = {GB_BOOL, 0}, .b = b};
}

struct gb_value gb_text(struct str s)
{
    return (struct gb_value){.type = {GB_STRING, 0}, .s = s};
}

struct gb_value gb_zero(struct gb_type type)
{
    return (struct gb_value){.type = type};
}

bool gb_text_new(struct gb_heap *h, size_t n, char **ret_bytes, struct gb_value *ret)
{
    struct gb_mem *m = mem_new(h, n);
    if (!m)
        return false;
    *ret_bytes = (char *)m->data;
    *ret = gb_text((struct str){(char *)m->data, n});
    ret->mem = h->arena ? NULL : m;
    return true;
}

static bool array_with_room(struct gb_heap *h, struct gb_type type, uint32_t n, size_t room,
                            struct gb_value *ret)
{
    struct gb_mem *m = mem_new(h, room * sizeof(struct gb_value));
    if (!m)
        return false;
    struct gb_type item = {type.base, (uint8_t)(type.depth - 1)};
    for (uint32_t i = 0; i < n; i++)
        items_of(m)[i] = gb_zero(item);
    m->n = n;
    *ret = gb_zero(type);
    ret->array.items = items_of(m);
    ret->array.n = n;
    ret->mem = h->arena ? NULL : m;
    return true;
}

bool gb_array_new(struct gb_heap *h, struct gb_type type, uint32_t n, struct gb_value **ret_items,
                  struct gb_value *ret)
{
    struct gb_value made;
    if (!array_with_room(h, type, n, n, &made))
        return false;
    *ret_items = (struct gb_value *)made.array.items;
    *ret = made;
    return true;
}

/* Makes *array the only holder of memory that has room for `room` items. */
static bool own(struct gb_heap *h, struct gb_value *array, size_t room)
{
    struct gb_mem *m = array->mem;
    if (m && m->holders == 1 && m->n == array->array.n && m->size >= room * sizeof(struct gb_value))
        return true;
    size_t n = array->array.n;
    struct gb_value copy;
    if (!array_with_room(h, array->type, (uint32_t)n, room > n ? room + n : n, &copy))
        return false;
    for (size_t i = 0; i < n; i++)
        items_of(copy.mem)[i] = gb_hold(array->array.items[i]);
    gb_drop(h, array);
    *array = copy;
    return true;
}

bool gb_array_put(struct gb_heap *h, struct gb_value *array, uint32_t at, struct gb_value item)
{
    if (!own(h, array, array->array.n)) {
        gb_drop(h, &item);
        return false;
    }
    struct gb_value *slot = &items_of(array->mem)[at];
    gb_drop(h, slot);
    *slot = item;
    return true;
}

bool gb_array_push(struct gb_heap *h, struct gb_value *array, struct gb_value item)
{
    size_t n = array->array.n;
    if (n == UINT32_MAX || !own(h, array, n + 1)) {
        gb_drop(h, &item);
        return false;
    }
    items_of(array->mem)[n] = item;
    array->mem->n = array->array.n = (uint32_t)(n + 1);
    return true;
}
