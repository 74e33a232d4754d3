// verdict: ok request: {"inputs": [{"stdin": ""}, {"stdin": ""}]}
#include <filesystem>
#include <fstream>
#include <iostream>
int main()
{
    namespace fs = std::filesystem;
    bool before = fs::exists("a");
    fs::create_directories("a/b/c");
    std::ofstream("a/b/c/f") << "x";
    fs::permissions("a/b", fs::perms::none);
    fs::permissions("a", fs::perms::none);
    std::cout << (before ? "left over" : "clean") << '\n';
    return before;
}
