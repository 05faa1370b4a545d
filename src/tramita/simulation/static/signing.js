// Back to whoever sent the client here, over whatever this page was reloaded for meanwhile.
const before = document.referrer === location.href ? Number(sessionStorage.depth) || 0 : 0;
sessionStorage.depth = before + 1;
document.querySelector("[data-back]").onclick = () => history.go(-sessionStorage.depth);
