// verdict: ok
#include <filesystem>
#include <fstream>
#include <iostream>
int main()
{
    namespace fs = std::filesystem;
    fs::create_directory("d");
    std::ofstream("d/f") << "x";
    std::cout << fs::file_size("d/f") << '\n';
    fs::remove_all("d");
}
