// verdict: runtime_error signal: SIGABRT
#include <cstdlib>
#include <string>
int main(int argc, char **) { return static_cast<int>(std::string(std::string().max_size() - static_cast<size_t>(argc), 'x').size()); }
