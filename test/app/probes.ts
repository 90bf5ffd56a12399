/** What a page must not be able to do. Evaluated inside the page; returns plain values. */
export async function probes(): Promise<Record<string, unknown>> {
  const tried = async (attempt: () => Promise<unknown>) => {
    try {
      await attempt();
      return 'allowed';
    } catch {
      return 'blocked';
    }
  };
  // From a timer: code evaluated through CDP bypasses CSP, code in the page's own task does not.
  const evaluated = await new Promise((resolve) => {
    setTimeout(() => {
      try {
        resolve(new Function('return "allowed"')());
      } catch {
        resolve('blocked');
      }
    });
  });
  const global = window as unknown as Record<string, unknown>;
  const api = global.haggle as { openExternal(url: string): Promise<void> };
  const escape = await fetch('app://haggle/..%2f..%2f..%2f..%2fetc%2fhostname');
  const before = location.href;
  const found = {
    require: typeof global.require,
    process: typeof global.process,
    api: Object.keys(api),
    eval: evaluated,
    fetchHttps: await tried(() => fetch('https://example.com')),
    fetchFile: await tried(() => fetch('file:///etc/hostname')),
    traversal: escape.status,
    malformed: (await fetch('app://haggle/%ff')).status,
    otherHost: await tried(() => fetch('app://evil/index.html')),
    popup: window.open('https://example.com') === null ? 'blocked' : 'allowed',
    notifications: await Notification.requestPermission(),
    geolocation: await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('allowed'),
        () => resolve('denied'),
      ),
    ),
    clipboard: (await navigator.permissions.query({ name: 'clipboard-read' as PermissionName }))
      .state,
    openFile: await tried(() => api.openExternal('file:///etc/hostname')),
    openHttp: await tried(() => api.openExternal('http://example.com')),
    openHttps: await tried(() => api.openExternal('https://example.com')),
  };
  location.href = 'https://example.com/';
  await new Promise((resolve) => setTimeout(resolve, 300));
  return { ...found, navigation: location.href === before ? 'blocked' : 'allowed' };
}
