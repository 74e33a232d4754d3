// verdict: time_limit killed_by: cpu request: {"limits": {"cpu_ms": 500}}
#include <thread>
#include <vector>
int main()
{
    std::vector<std::thread> v;
    for (int i = 0; i < 8; i++) v.emplace_back([] { for (volatile long n = 0;; n = n + 1) ; });
    std::this_thread::sleep_for(std::chrono::hours(1));
}
