// verdict: ok
#include <stdio.h>
#include <stdlib.h>
struct node { int v; struct node *next; };
int main(void)
{
    struct node *head = NULL;
    int sum = 0;
    for (int i = 0; i < 100; i++) {
        struct node *n = malloc(sizeof(*n));
        if (!n) return 1;
        n->v = i;
        n->next = head;
        head = n;
    }
    while (head) { struct node *n = head; sum += n->v; head = n->next; free(n); }
    printf("%d\n", sum);
    return 0;
}
