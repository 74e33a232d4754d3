// verdict: ok
#include <filesystem>
#include <iostream>
int main()
{
    int n = 0;
    std::error_code e;
    for (; n < 1000 && std::filesystem::create_directory("d", e); n++) { std::filesystem::current_path("d", e); if (e) break; }
    std::cout << n << '\n';
}
