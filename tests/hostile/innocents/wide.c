// verdict: ok
#include <locale.h>
#include <wchar.h>
int main(void) { setlocale(LC_ALL, ""); wprintf(L"%ls\n", L"wide"); return 0; }
