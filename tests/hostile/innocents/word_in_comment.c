// verdict: ok
#include <stdio.h>
/* this does not call system("x"), fork() or __asm__("nop"); see /proc */
int main(void)
{
    // exec() and #include <unistd.h> are only mentioned
    puts("fine");
    return 0;
}
