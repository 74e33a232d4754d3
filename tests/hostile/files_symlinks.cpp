// verdict: ok
#include <filesystem>
#include <fstream>
#include <iostream>
int main()
{
    namespace fs = std::filesystem;
    fs::create_symlink("loop", "loop");
    fs::create_symlink("/etc/passwd", "passwd");
    fs::create_directory_symlink("/", "root");
    std::ofstream f("passwd");
    std::cout << (f.is_open() ? "written" : "refused") << '\n';
    return f.is_open();
}
