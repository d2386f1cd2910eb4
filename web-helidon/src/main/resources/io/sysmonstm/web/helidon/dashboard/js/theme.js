/* Says light or dark before anything is drawn; a module would come too late for that, so this is none. */
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  function show() {
    let chosen;
    try {
      chosen = JSON.parse(localStorage.getItem('sysmonstm.preferences'))?.theme;
    } catch {
      // A browser that keeps nothing, or something that is not ours: the system decides.
    }
    document.documentElement.dataset.theme = chosen === 'light' || chosen === 'dark' ? chosen : dark.matches ? 'dark' : 'light';
  }
  dark.addEventListener('change', show);
  document.addEventListener('preferences', show);
  show();
})();
