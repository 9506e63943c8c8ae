// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/system_calls.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ibidem::app {

namespace {

#ifdef IBIDEM_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// By name, because what a processor or a library version does not have is passed over.
constexpr std::array kForbidden = {
    // network
    "socket", "socketpair", "socketcall", "connect", "bind", "listen", "accept", "accept4", "sendto",
    "sendmsg", "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "setsockopt", "shutdown",
    // other programs and processes
    "execve", "execveat", "fork", "vfork", "kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
    "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "process_mrelease", "kcmp", "migrate_pages", "move_pages",
    // the view of files and of the system
    "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount",
    "fspick", "pivot_root", "chroot", "unshare", "setns", "mknod", "mknodat", "name_to_handle_at",
    "open_by_handle_at", "fanotify_init", "quotactl", "quotactl_fd", "swapon", "swapoff", "acct", "reboot",
    "syslog", "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
    "iopl", "ioperm", "personality",
    // the kernel
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf", "perf_event_open",
    "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register", "keyctl", "add_key",
    "request_key",
    // other users
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups",
    "capset"};

struct Release
{
    void operator()(scmp_filter_ctx filter) const noexcept { seccomp_release(filter); }
};

using Filter = std::unique_ptr<void, Release>;

tl::unexpected<Error> refused(int code)
{
    return fail(ErrorCode::Unavailable, std::string("system calls cannot be filtered here: ") +
                                            std::strerror(code < 0 ? -code : code));
}

/// seccomp_rule_add() for a call by name; 0 for one that there is not.
int add(const Filter &filter, std::uint32_t action, const char *name,
        std::initializer_list<scmp_arg_cmp> conditions = {})
{
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR)
        return 0;
    const int code = seccomp_rule_add_array(filter.get(), action, number,
                                            static_cast<unsigned>(conditions.size()), conditions.begin());
    // What only other processors have cannot be called on this one.
    return number < 0 && code != -ENOMEM ? 0 : code;
}

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value)
{
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

int addRules(const Filter &filter)
{
    constexpr std::uint32_t kKill = SCMP_ACT_KILL_PROCESS;
    constexpr std::uint64_t kWord = 0xFFFFFFFFU; // the kernel looks at the low half alone
    for (const char *name : kForbidden)
        if (const int code = add(filter, kKill, name); code != 0)
            return code;
    // A thread has all of these flags; a process lacks CLONE_THREAD. The C library takes clone3, whose flags
    // no filter can see, only where it is there.
    if (const int code = add(filter, kKill, "clone", {masked(0, CLONE_THREAD, 0)}); code != 0)
        return code;
    if (const int code = add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3"); code != 0)
        return code;
    // Signals to itself, as abort() sends them, are no harm.
    const scmp_arg_cmp otherProcess{0, SCMP_CMP_NE, static_cast<std::uint64_t>(getpid()), 0};
    if (const int code = add(filter, kKill, "tgkill", {otherProcess}); code != 0)
        return code;
    // Words typed into the terminal of whoever started this.
    return add(filter, kKill, "ioctl", {masked(1, kWord, TIOCSTI)});
}

} // namespace

Status forbidSystemCalls()
{
    if constexpr (kSanitized)
        return {};
    const Filter filter(seccomp_init(SCMP_ACT_ALLOW));
    if (!filter)
        return refused(ENOMEM);
    // Calls in the manner of another processor (32 bits on 64) would go round the filter.
    int code = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (code == 0)
        code = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    if (code == 0)
        code = addRules(filter);
    if (code == 0)
        code = seccomp_load(filter.get());
    return code == 0 ? Status() : refused(code);
}

} // namespace ibidem::app
