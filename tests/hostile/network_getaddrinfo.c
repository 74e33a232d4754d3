// verdict: policy_blocked layer: symbol
extern int getaddrinfo(const char *, const char *, const void *, void **);
int main(void) { void *r; int (*f)(const char *, const char *, const void *, void **) = getaddrinfo; return f("example.org", "80", 0, &r) != 0 ? 0 : 1; }
