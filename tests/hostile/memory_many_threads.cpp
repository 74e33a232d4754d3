// verdict: memory_limit
#include <thread>
#include <vector>
static void eat()
{
    volatile char *p = new char[40 << 20];
    for (long i = 0; i < 40 << 20; i += 4096) p[i] = 1;
    std::this_thread::sleep_for(std::chrono::seconds(5));
}
int main()
{
    std::vector<std::thread> v;
    for (int i = 0; i < 8; i++) v.emplace_back(eat);
    for (auto &t : v) t.join();
}
